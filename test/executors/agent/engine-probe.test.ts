import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseEngines } from '../../../src/domain/engines/parse-engines.ts';
import { engineProbe } from '../../../src/executors/agent/engine-probe.ts';
import { realClock } from '../command/real-runs.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'carillon-probe-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function program(name: string, body: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

function probe(configured: unknown = {}) {
  return engineProbe({
    engines: parseEngines(configured),
    environment: { PATH: `${folder}:/usr/bin:/bin`, ANTHROPIC_API_KEY: 'k', MASTER_KEY: 'hidden' },
    home: folder,
    acceptsBypass: false,
    clock: realClock,
  });
}

describe('the preflight of an engine', () => {
  it('tells where it is, its version, and who is logged in by its own word', async () => {
    program(
      'claude',
      `env > "$HOME/env"; case "$1" in --version) echo "2.1.329 (Claude Code)"; echo more;; auth) printf '{\\n  "loggedIn": true\\n}\\n';; esac`,
    );
    const report = await probe().find('claude');
    expect(report).toEqual({
      name: 'claude',
      program: 'claude',
      path: path.join(folder, 'claude'),
      version: '2.1.329 (Claude Code)',
      login: 'yes',
      metering: 'live',
      isTested: true,
    });
    const seen = readFileSync(path.join(folder, 'env'), 'utf8');
    expect(seen).toContain('ANTHROPIC_API_KEY=k');
    expect(seen).not.toContain('MASTER_KEY');
  });

  it('says who is not logged in, by exit status too', async () => {
    program('claude', `echo '{"loggedIn": false}'; exit 1`);
    program('codex', `[ "$1" = login ] && exit 1; echo codex-cli 0.169.0`);
    expect((await probe().find('claude'))?.login).toBe('no');
    expect(await probe().find('codex')).toMatchObject({
      login: 'no',
      version: 'codex-cli 0.169.0',
    });
  });

  it('never says that somebody is logged in when nobody can tell', async () => {
    program('gemini', 'echo 0.61.0');
    program('claude', 'echo "what?"; exit 0');
    expect((await probe().find('gemini'))?.login).toBe('unknown');
    expect(await probe().find('claude')).toMatchObject({ login: 'unknown' });
  });

  it('tells what is not there, and which engines were never run for real', async () => {
    const list = await probe().list();
    expect(list.map(({ name, path: found, isTested }) => [name, found, isTested])).toEqual([
      ['claude', undefined, true],
      ['codex', undefined, true],
      ['gemini', undefined, false],
      ['opencode', undefined, false],
      ['q', undefined, false],
      ['kiro-cli', undefined, false],
    ]);
  });
});

describe('the preflight of an MCP server', () => {
  const GREETING = '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-06-18"}}';

  it('starts it as an engine would, and ends it', async () => {
    const server = program(
      'server',
      `read line; echo "$TOKEN $line" > "$HOME/asked"; echo '${GREETING}'; sleep 300`,
    );
    const [report] = await probe().tryMcpServers(
      { notes: { command: server, args: ['--x'], env: { TOKEN: 't' } } },
      undefined,
    );
    expect(report).toEqual({ name: 'notes', state: 'starts', note: undefined });
    expect(readFileSync(path.join(folder, 'asked'), 'utf8')).toMatch(
      /^t \{"jsonrpc":"2\.0".*"initialize"/,
    );
  });

  it('says what does not start, and what is not tried', async () => {
    const reports = await probe().tryMcpServers(
      {
        ends: { command: program('ends', 'exit 3') },
        missing: { command: 'there-is-no-such-program' },
        remote: { type: 'http', url: 'https://example.org/mcp' },
      },
      undefined,
    );
    expect(reports.map(({ name, state, note }) => [name, state, note])).toEqual([
      ['ends', 'fails', 'It ended without a greeting.'],
      ['missing', 'fails', 'Its program was not found, or may not be executed.'],
      ['remote', 'unknown', 'It is reached by a URL, which is not tried.'],
    ]);
  });
});
