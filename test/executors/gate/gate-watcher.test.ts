import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gate, Observed } from '../../../src/domain/gates/gate.ts';
import { createEgress, type Egress } from '../../../src/egress/egress.ts';
import { gateWatcher } from '../../../src/executors/gate/gate-watcher.ts';

let folder: string;
let server: Server;
let origin: string;
let egress: Egress;
let page = { status: 200, headers: {} as Record<string, string>, body: '' };
let asked: string | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gates-'));
  server = createServer((request, response) => {
    asked = request.headers['x-key']?.toString();
    response.writeHead(page.status, page.headers).end(page.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  egress = createEgress({ profile: 'laptop', allow: ['127.0.0.0/8'], ownEndpoints: () => [] });
});

afterAll(async () => {
  await egress.close();
  server.close();
  rmSync(folder, { recursive: true });
});

function look(gate: Gate, signal = new AbortController().signal): Promise<Observed> {
  const environment = { PATH: process.env['PATH'] ?? '' };
  const watcher = gateWatcher({ egress, home: folder, environment });
  return watcher.observe(gate, new Map([['KEY', 'hush']]), signal);
}

async function valueOf(gate: Gate): Promise<string> {
  const seen = await look(gate);
  if (seen.kind !== 'value') throw new Error(JSON.stringify(seen));
  return seen.value;
}

function http(changes: Partial<Extract<Gate, { kind: 'http' }>> = {}): Gate {
  const headers = { 'x-key': { kind: 'secret', secret: 'KEY' } } as const;
  return { kind: 'http', url: origin, headers, watch: 'page', path: undefined, ...changes };
}

function command(text: string, watch: 'output' | 'exit_code' = 'output'): Gate {
  return { kind: 'command', argv: ['/bin/sh', '-c', text], cwd: undefined, watch };
}

describe('a look at an address', () => {
  it('goes by its ETag, else when it was modified, else its body', async () => {
    page = { status: 200, headers: { etag: '"1"' }, body: 'a' };
    const tagged = await valueOf(http());
    expect(asked).toBe('hush');
    page = { ...page, body: 'b' };
    expect(await valueOf(http())).toBe(tagged);
    page = { ...page, headers: { etag: '"2"' } };
    expect(await valueOf(http())).not.toBe(tagged);
    page = { status: 200, headers: {}, body: 'a' };
    const plain = await valueOf(http());
    page = { ...page, body: 'b' };
    expect(await valueOf(http())).not.toBe(plain);
  });

  it('goes by a value in JSON, or by the status alone', async () => {
    page = { status: 200, headers: {}, body: '{"at":1,"n":{"x":1}}' };
    const json = http({ watch: 'json', path: 'n.x' });
    const before = await valueOf(json);
    page = { ...page, body: '{"at":2,"n":{"x":1}}' };
    expect(await valueOf(json)).toBe(before);
    page = { ...page, body: '{"at":2,"n":{"x":2}}' };
    expect(await valueOf(json)).not.toBe(before);
    const up = await valueOf(http({ watch: 'status' }));
    page = { ...page, status: 503 };
    expect(await valueOf(http({ watch: 'status' }))).not.toBe(up);
    expect(await look(http())).toEqual({
      kind: 'failed',
      message: 'The server answered with status 503.',
    });
  });
});

describe('a look at files', () => {
  it('sees what is added, changed, renamed and removed, and nothing else', async () => {
    const gate: Gate = { kind: 'files', pattern: join(folder, 'watched/**/*.txt') };
    const seen = new Set([await valueOf(gate)]);
    mkdirSync(join(folder, 'watched/deep'), { recursive: true });
    writeFileSync(join(folder, 'watched/other.md'), 'x');
    expect(seen).toContain(await valueOf(gate));
    writeFileSync(join(folder, 'watched/a.txt'), 'one');
    seen.add(await valueOf(gate));
    writeFileSync(join(folder, 'watched/a.txt'), 'two');
    seen.add(await valueOf(gate));
    writeFileSync(join(folder, 'watched/deep/a.txt'), 'two');
    rmSync(join(folder, 'watched/a.txt'));
    seen.add(await valueOf(gate));
    expect(seen.size).toBe(4);
    expect(seen).toContain(await valueOf(gate));
  });
});

describe('a look at a Git ref', () => {
  it('sees a commit, here and in another repository, and says when there is none', async () => {
    const repository = join(folder, 'repository');
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
        cwd: repository,
      });
    mkdirSync(repository);
    git('init', '-q');
    const here: Gate = { kind: 'git', directory: repository, ref: 'HEAD', remote: undefined };
    const there: Gate = { ...here, directory: folder, remote: repository };
    expect(await look(here)).toMatchObject({ kind: 'failed' });
    git('commit', '-q', '--allow-empty', '-m', 'one');
    const before = [await valueOf(here), await valueOf(there)];
    expect([await valueOf(here), await valueOf(there)]).toEqual(before);
    git('commit', '-q', '--allow-empty', '-m', 'two');
    expect(await valueOf(here)).not.toBe(before[0]);
    expect(await valueOf(there)).not.toBe(before[1]);
    expect(await look({ ...here, directory: join(folder, 'nowhere') })).toMatchObject({
      kind: 'failed',
    });
  });
});

describe('a look by a command', () => {
  it('goes by what it prints, or by its exit code', async () => {
    expect(await valueOf(command('echo a'))).toBe(await valueOf(command('echo a')));
    expect(await valueOf(command('echo a'))).not.toBe(await valueOf(command('echo b')));
    expect(await look(command('exit 0', 'exit_code'))).toEqual({ kind: 'open' });
    expect(await look(command('exit 1', 'exit_code'))).toEqual({ kind: 'closed' });
    expect(await look(command('exit 2', 'exit_code'))).toMatchObject({ kind: 'failed' });
    expect(await look(command('exit 1'))).toMatchObject({ kind: 'failed' });
  });

  it('gets none of the daemon’s environment, and ends with what it started when it is stopped', async () => {
    expect(await valueOf(command('printf "${CI-none}${VITEST-none}"'))).toBe(
      await valueOf(command('printf nonenone')),
    );
    const controller = new AbortController();
    const looking = look(command('sleep 60 & sleep 60'), controller.signal);
    controller.abort('cancelled');
    expect(await looking).toMatchObject({ kind: 'failed' });
  });
});
