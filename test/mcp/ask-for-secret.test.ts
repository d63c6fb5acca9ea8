import { Client } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { called } from './clients.ts';
import { type Door, openDoor } from './door.ts';

let door: Door;
let links: string[];
beforeEach(async () => {
  door = await openDoor();
  links = [];
  Object.assign(door.bench.ports, {
    secretPages: {
      make: async (name: string) => {
        links.push(name);
        return {
          url: 'http://127.0.0.1:7411/give-secret?link=t',
          expiresAt: door.bench.clock.now(),
        };
      },
    },
  });
});
afterEach(() => door.close());

const MODES = [
  ['2026-07-28', 'pipe', { pin: '2026-07-28' }],
  ['2026-07-28', 'http', { pin: '2026-07-28' }],
  ['2025-11-25', 'pipe', 'legacy'],
  ['2025-11-25', 'http', 'legacy'],
] as const;
const ARGUMENTS = {
  name: 'call',
  action: { kind: 'command', command: 'true', env: { K: { secret: 'API_KEY' } } },
};

async function create(
  transport: 'pipe' | 'http',
  mode: (typeof MODES)[number][2],
  elicitation: { readonly url?: Record<string, never>; readonly form?: Record<string, never> },
  reply: () => Promise<'accept' | 'decline'>,
) {
  const shown: unknown[] = [];
  const client = new Client(
    { name: 'browsing', version: '1' },
    { capabilities: { elicitation }, versionNegotiation: { mode } },
  );
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    shown.push(params);
    return { action: await reply() };
  });
  await client.connect(transport === 'pipe' ? await door.pipe() : door.http());
  const answer = called(await client.callTool({ name: 'create_task', arguments: ARGUMENTS }));
  await client.close();
  return { shown, answer };
}

describe.each(MODES)('a %s client that can open a page, over %s', (_era, transport, mode) => {
  it('is given one for a secret that is missing, and the task is made after it', async () => {
    const { shown, answer } = await create(transport, mode, { url: {} }, async () => {
      await door.bench.services.setSecret('API_KEY', 'typed-there');
      return 'accept';
    });
    expect(shown).toEqual([
      expect.objectContaining({
        mode: 'url',
        url: 'http://127.0.0.1:7411/give-secret?link=t',
        message: expect.stringContaining('API_KEY'),
      }),
    ]);
    expect(answer).toMatchObject({ isError: false });
    expect(answer.text).not.toContain('is not set yet');
  });

  it('makes the task also when the user declines, with a warning', async () => {
    const { answer } = await create(transport, mode, { url: {} }, async () => 'decline');
    expect(answer.isError).toBe(false);
    expect(answer.text).toContain('is not set yet');
  });

  it('is never asked for a value in a form, nor for a secret that is there', async () => {
    const form = await create(transport, mode, { form: {} }, async () => 'accept');
    expect(form.shown).toEqual([]);
    expect(form.answer.text).toContain('is not set yet');
    await door.bench.services.deleteTask('call');
    await door.bench.services.setSecret('API_KEY', 'there');
    const there = await create(transport, mode, { url: {} }, async () => 'accept');
    expect(there.shown).toEqual([]);
    expect(links).toEqual([]);
  });
});
