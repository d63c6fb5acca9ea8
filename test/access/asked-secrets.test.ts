import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Refusal } from '../../src/domain/refusal.ts';
import { type AccessWorld, openAccessWorld } from './world.ts';

const OWN = 'http://127.0.0.1:7411';
const VALUE = 'typed-by-a-person-<&>"7f3a';

let world: AccessWorld;
let kept: (readonly [string, string, string])[];
beforeEach(async () => {
  kept = [];
  world = await openAccessWorld();
  world.access.listens(OWN, async (name, value, from) => {
    if (value === 'refused') throw new Refusal('unavailable', 'The key is another one.');
    kept.push([name, value, from]);
  });
});
afterEach(() => world.store.close());

async function link(): Promise<string> {
  const { url } = await world.access.secretPages.make('API_KEY');
  return new URL(url).searchParams.get('link') ?? '';
}

describe('a page that asks for a secret', () => {
  it('stores what is typed there once, and shows it nowhere', async () => {
    const token = await link();
    for (let look = 0; look < 2; look += 1) {
      const page = await world.get(`/give-secret?link=${token}`);
      expect(page.status).toBe(200);
      expect(page.text).toContain('API_KEY');
      expect(page.text).not.toContain('<script');
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    }
    const tries = await Promise.all(
      Array.from({ length: 8 }, () => world.post('/give-secret', { link: token, value: VALUE })),
    );
    expect(tries.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200,
      ...Array(7).fill(410),
    ]);
    expect(tries.filter(({ text }) => text.includes('typed-by'))).toEqual([]);
    expect(kept).toEqual([['API_KEY', VALUE, '127.0.0.1']]);
    expect((await world.get(`/give-secret?link=${token}`)).status).toBe(410);
  });

  it('ends after fifteen minutes', async () => {
    const token = await link();
    world.clock.advance(900_000);
    expect((await world.get(`/give-secret?link=${token}`)).status).toBe(410);
    expect((await world.post('/give-secret', { link: token, value: VALUE })).status).toBe(410);
    expect(kept).toEqual([]);
  });

  it('takes nothing without its link, as from a page of another site', async () => {
    for (const form of [{ value: VALUE }, { link: 'x', value: VALUE }, { link: '', value: VALUE }])
      expect((await world.post('/give-secret', form)).status).toBe(410);
    expect(kept).toEqual([]);
  });

  it('asks again after an empty value, and after one that cannot be stored', async () => {
    const token = await link();
    expect((await world.post('/give-secret', { link: token, value: '' })).status).toBe(400);
    const refused = await world.post('/give-secret', { link: token, value: 'refused' });
    expect(refused.text).toContain('The key is another one.');
    const again = /name="link" value="([^"]+)"/.exec(refused.text)?.[1] ?? '';
    expect((await world.post('/give-secret', { link: again, value: VALUE })).status).toBe(200);
    expect(kept).toHaveLength(1);
  });

  it('is not there when nobody keeps what is typed', async () => {
    const other = world.another();
    await expect(other.secretPages.make('API_KEY')).rejects.toMatchObject({ code: 'unavailable' });
    const tried = await world.post('/give-secret', { link: await link(), value: 'x' }, {}, other);
    expect(tried.status).toBe(404);
  });
});
