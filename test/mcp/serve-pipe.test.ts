import { duplexPair } from 'node:stream';
import { Client } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Refusal } from '../../src/domain/refusal.ts';
import { nativeSurface } from '../../src/mcp/native-surface.ts';
import { servePipe } from '../../src/mcp/serve-pipe.ts';
import { type Door, firstLine, openDoor, settle } from './door.ts';

let door: Door;
beforeEach(async () => {
  door = await openDoor();
});
afterEach(() => door.close());

/** Sends bytes as the first thing on a pipe, and answers with the first line that comes back. */
async function shake(bytes: string): Promise<Record<string, unknown>> {
  const [near, far] = duplexPair();
  servePipe(far, door.mcp);
  near.write(bytes);
  const answer = JSON.parse(await firstLine(near)) as Record<string, unknown>;
  near.destroy();
  return answer;
}

describe('the handshake of a pipe', () => {
  it('is answered with the version of the daemon', async () => {
    expect(await shake('{"carillon":1,"version":"0.0.9"}\n')).toEqual({
      ok: true,
      version: '0.1.0',
    });
  });

  it.each([
    ['what is no handshake', 'GET / HTTP/1.1\r\n\n', 'invalid', 'carillon mcp'],
    ['another form of it', '{"carillon":2,"version":"9"}\n', 'unavailable', 'same version'],
    ['an unknown surface', '{"carillon":1,"version":"1","surface":"x"}\n', 'not_found', '"native"'],
    ['an unknown toolset', '{"carillon":1,"version":"1","toolsets":["x"]}\n', 'invalid', '"runs"'],
    ['a missing version', '{"carillon":1}\n', 'invalid', '"version"'],
    ['a line without end', 'x'.repeat(70_000), 'invalid', '64 KiB'],
  ])('refuses %s', async (_what, bytes, code, words) => {
    expect(await shake(bytes)).toMatchObject({
      ok: false,
      code,
      message: expect.stringContaining(words),
    });
  });

  it('gives up on a client that says nothing for five seconds', async () => {
    const [near, far] = duplexPair();
    servePipe(far, door.mcp);
    const answer = firstLine(near);
    door.bench.clock.advance(5_000);
    expect(JSON.parse(await answer)).toMatchObject({ ok: false, code: 'invalid' });
  });

  it('loses nothing of what comes in the same breath, or byte by byte', async () => {
    const hello = `{"carillon":1,"version":"0.1.0"}\n{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}\n`;
    for (const size of [hello.length, 1]) {
      const [near, far] = duplexPair();
      servePipe(far, door.mcp);
      for (let at = 0; at < hello.length; at += size) near.write(hello.slice(at, at + size));
      expect(await firstLine(near)).toContain('"ok":true');
      expect(JSON.parse(await firstLine(near))).toMatchObject({
        id: 1,
        result: { protocolVersion: '2025-06-18', serverInfo: { name: 'carillon' } },
      });
      near.destroy();
    }
  });

  it('survives a client that goes away in the middle of it', async () => {
    const [near, far] = duplexPair();
    servePipe(far, door.mcp);
    near.write('{"carillon"');
    near.destroy();
    await settle();
    expect(door.bench.clock.timers).toBe(0);
  });
});

describe('the variables that a pipe hands over', () => {
  const kept = async (secrets: Record<string, string>) => {
    const native = nativeSurface('1')({});
    const surface = { ...native, namespace: 'old', secretVariables: ['A_KEY'] };
    const [near, far] = duplexPair();
    servePipe(far, { ...door.mcp, surfaces: new Map([['old', () => surface]]) });
    near.write(`${JSON.stringify({ carillon: 1, version: '1', surface: 'old', secrets })}\n`);
    expect(await firstLine(near)).toContain('"ok":true');
    near.destroy();
    const names = (await door.bench.ports.secrets.list()).map(({ name }) => name);
    return Object.fromEntries(await door.bench.ports.secrets.resolve(names));
  };

  it('are kept as secrets of the profile when its table lists them; one that is gone stays', async () => {
    expect(await kept({ A_KEY: 'one', HOME: '/root' })).toEqual({ 'profile.old.A_KEY': 'one' });
    expect(await kept({})).toEqual({ 'profile.old.A_KEY': 'one' });
    expect(await kept({ A_KEY: '' })).toEqual({ 'profile.old.A_KEY': 'one' });
    expect(await kept({ A_KEY: 'two' })).toEqual({ 'profile.old.A_KEY': 'two' });
  });

  it('do not keep a client from its tools when the vault cannot be written', async () => {
    door.bench.ports.secrets.set = () => Promise.reject(new Refusal('unavailable', 'Another key.'));
    expect(await kept({ A_KEY: 'one' })).toEqual({});
  });
});

describe('the flags of a pipe', () => {
  const namesWith = async (handshake: Record<string, unknown>): Promise<readonly string[]> => {
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(await door.pipe(handshake));
    const { tools } = await client.listTools();
    await client.close();
    return tools.map((tool) => tool.name);
  };

  it('leave out what changes something when it is read-only, whatever else is asked for', async () => {
    const names = await namesWith({ read_only: true, toolsets: ['all'] });
    expect(names).toContain('list_tasks');
    for (const name of ['create_task', 'run_task', 'cancel_run']) expect(names).not.toContain(name);
  });

  it('choose toolsets', async () => {
    expect(await namesWith({ toolsets: ['runs'] })).toEqual([
      'list_runs',
      'get_run',
      'wait_for_run',
      'read_output',
      'cancel_run',
      'answer_run',
    ]);
  });
});
