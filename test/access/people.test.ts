import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAccessWorld, type AccessWorld, type Answered } from './world.ts';

const PASSWORD = 'a long enough password';

let world: AccessWorld;
beforeEach(async () => {
  world = await openAccessWorld({ basic: { username: 'ada', password: 'engine' } });
});
afterEach(() => world.store.close());

async function link(): Promise<string> {
  return new URL(await world.access.signInLinks.make()).searchParams.get('link') ?? '';
}

async function signIn(): Promise<{ readonly cookie: string; readonly csrf: string }> {
  const cookies = cookiesOf(await world.post('/sign-in', { link: await link() }));
  return { cookie: cookies, csrf: /carillon-csrf=([^;]+)/.exec(cookies)?.[1] ?? '' };
}

function cookiesOf({ headers }: Answered): string {
  return headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
}

async function reads(headers: Readonly<Record<string, string>>, method = 'GET') {
  const request = new Request('http://127.0.0.1:7411/api/v1/tasks', { method, headers });
  const read = await world.access.readBrowser(request, '127.0.0.1', 'browser');
  return typeof read === 'object' && 'kind' in read ? read.kind : read;
}

describe('the sessions of people', () => {
  it('are counted, and all end at once, with links that nobody has used', async () => {
    const { admissions } = world.access;
    const [one, other, unused] = [await signIn(), await signIn(), await link()];
    expect(await admissions.readSessions()).toEqual({ sessions: 2, hasPassword: false });
    expect(await reads({ cookie: one.cookie })).toBe('person');
    expect(await admissions.signOutEverybody()).toBe(2);
    expect(await reads({ cookie: one.cookie })).toBe('nobody');
    expect(await reads({ cookie: other.cookie })).toBe('nobody');
    expect((await world.post('/sign-in', { link: unused })).status).toBe(410);
    expect(await admissions.readSessions()).toEqual({ sessions: 0, hasPassword: false });
  });
});

describe('a sign-in link', () => {
  it('signs in whoever presses the button first, once', async () => {
    const token = await link();
    for (let look = 0; look < 2; look += 1) {
      const page = await world.get(`/sign-in?link=${token}`);
      expect(page.status).toBe(200);
      expect(page.headers.getSetCookie()).toEqual([]);
    }
    const tries = await Promise.all(
      Array.from({ length: 8 }, () => world.post('/sign-in', { link: token, next: '/tasks' })),
    );
    const [signedIn, ...others] = tries.filter(({ status }) => status === 303);
    expect(others).toEqual([]);
    expect(signedIn?.headers.get('location')).toBe('/tasks');
    expect((await world.get(`/sign-in?link=${token}`)).status).toBe(410);
    const { items } = await world.store.audit.list(
      { principal: undefined, verb: 'sign_in', verdict: undefined },
      20,
      undefined,
    );
    expect(items.map(({ verdict }) => verdict).toSorted()).toEqual([
      'done',
      ...Array.from({ length: 7 }, () => 'refused'),
    ]);
  });

  it('ends after five minutes', async () => {
    const token = await link();
    world.clock.advance(300_000);
    expect((await world.post('/sign-in', { link: token })).status).toBe(410);
  });

  it.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/a\\b',
    'javascript:alert(1)',
    '/a\r\nset-cookie: x=y',
  ])('leads nowhere else, whatever it is told: %j', async (next) => {
    const { headers } = await world.post('/sign-in', { link: await link(), next });
    expect(headers.get('location')).toBe('/');
  });
});

describe('a session', () => {
  it('is for reading; what changes something shows its token too', async () => {
    const { cookie, csrf } = await signIn();
    expect(await reads({ cookie })).toBe('person');
    expect(await reads({ cookie }, 'POST')).toBe('no_csrf');
    expect(await reads({ cookie, 'x-csrf-token': `${csrf}x` }, 'POST')).toBe('no_csrf');
    expect(await reads({ cookie, 'x-csrf-token': csrf }, 'POST')).toBe('person');
    expect(await reads({ cookie: 'carillon_session=guess' })).toBe('nobody');
    expect(JSON.parse((await world.get('/session', { cookie })).text)).toEqual({
      is_signed_in: true,
      csrf_token: csrf,
    });
  });

  it('ends when its person signs out, and after two weeks', async () => {
    const { cookie, csrf } = await signIn();
    await world.post('/sign-out', {}, { cookie });
    expect(await reads({ cookie })).toBe('person');
    await world.post('/sign-out', { csrf }, { cookie });
    expect(await reads({ cookie })).toBe('nobody');
    const other = await signIn();
    world.clock.advance(14 * 86_400_000);
    expect(await reads(other)).toBe('nobody');
  });

  it('is kept from scripts, and with https from everything but this host', async () => {
    const plain = await world.post('/sign-in', { link: await link() });
    expect(plain.headers.getSetCookie()[0]).toMatch(
      /^carillon_session=[\w-]{43}; Path=\/; SameSite=Lax; HttpOnly; Max-Age=1209600$/,
    );
    const secure = world.another({ publicUrl: 'https://carillon.example' });
    const token = new URL(await secure.signInLinks.make()).searchParams.get('link') ?? '';
    const answer = await world.post('/sign-in', { link: token }, {}, secure);
    expect(answer.headers.getSetCookie()[0]).toMatch(
      /^__Host-carillon_session=[\w-]+; Path=\/; SameSite=Lax; Secure; HttpOnly;/,
    );
  });
});

describe('a password', () => {
  it('is set by who has signed in, signs in, and signs all others out', async () => {
    const { cookie, csrf } = await signIn();
    const other = await signIn();
    expect((await world.post('/account', { password: PASSWORD }, { cookie })).status).toBe(403);
    expect((await world.post('/account', { csrf, password: 'short' }, { cookie })).status).toBe(
      400,
    );
    expect((await world.post('/account', { csrf, password: PASSWORD }, { cookie })).status).toBe(
      200,
    );
    expect(await reads(other)).toBe('nobody');
    expect((await world.post('/sign-in', { password: `${PASSWORD}x` })).status).toBe(403);
    const signedIn = await world.post('/sign-in', { password: PASSWORD });
    expect(signedIn.status).toBe(303);
    expect(await reads({ cookie: cookiesOf(signedIn) })).toBe('person');
  });

  it('cannot be guessed: ten tries in a quarter of an hour', async () => {
    for (let count = 0; count < 10; count += 1) {
      expect((await world.post('/sign-in', { password: 'guess' })).status).toBe(403);
    }
    const late = await world.post('/sign-in', { password: 'guess' });
    expect(late.status).toBe(429);
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(800);
    world.clock.advance(900_000);
    expect((await world.post('/sign-in', { password: 'guess' })).status).toBe(403);
  });
});

describe('name and password of the settings', () => {
  const basic = (text: string) => ({ authorization: `Basic ${btoa(text)}` });

  it('let a browser in, and are not guessed', async () => {
    for (let count = 0; count < 20; count += 1) {
      expect(await reads(basic('ada:engine'), 'POST')).toBe('person');
    }
    for (let count = 0; count < 10; count += 1) {
      expect(await reads(basic('ada:guess'))).toBe('nobody');
    }
    expect(await reads(basic('ada:guess'))).toHaveProperty('waitSeconds');
  });

  it('let nobody in where they are not set', async () => {
    const request = new Request('http://127.0.0.1:7411/', { headers: basic(':') });
    const without = world.another({ basic: undefined });
    expect(await without.readBrowser(request, undefined, undefined)).toBe('nobody');
  });
});

describe('every page', () => {
  it.each(['/sign-in', '/sign-in?link=none', '/account'])(
    '%s runs no script and fits a narrow screen',
    async (path) => {
      const { cookie } = await signIn();
      const { text, headers } = await world.get(path, { cookie });
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(text).not.toContain('<script');
      expect(text).toContain('width=device-width');
    },
  );
});
