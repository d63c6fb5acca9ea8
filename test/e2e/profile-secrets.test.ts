import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect, it } from 'vitest';
import { carillon, MAIN, removeFolder, temporaryFolder } from '../support/real-daemon.ts';
import { opensInspector } from '../support/inspector.ts';

const FIRST = 'sk-first-1d2c3b4a5f6e7d8c9b0a';
const SECOND = 'sk-second-0a9b8c7d6e5f4a3b2c1d';
const UNLISTED = 'unlisted-9f8e7d6c5b4a39281706';

/** An engine that keeps a digest of the key it was started with, and says the key itself. */
const ENGINE = `#!/bin/sh
case "$1" in --version | auth) exit 0 ;; esac
cat > /dev/null
printf %s "$ANTHROPIC_API_KEY" | sha256sum | cut -c 1-64 >> "$HOME/digests"
printf '{"type":"result","subtype":"success","is_error":false,"result":"the key is %s","session_id":"s","usage":{}}\\n' "$ANTHROPIC_API_KEY"
`;

it.skipIf(process.platform !== 'linux')(
  'a variable of a client becomes a secret of its profile, and is nowhere in the open',
  async () => {
    const folder = temporaryFolder();
    const data = join(folder, 'data');
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'claude'), ENGINE);
    chmodSync(join(bin, 'claude'), 0o755);
    const answers: string[] = [];
    const runAs = async (env: Readonly<Record<string, string>>) => {
      const client = new Client({ name: 'test-assistant', version: '1.0' });
      await client.connect(
        new StdioClientTransport({
          command: process.execPath,
          args: [MAIN, 'as', 'claude-runner'],
          env: {
            PATH: `${bin}:/usr/bin:/bin`,
            HOME: folder,
            CARILLON_DATA: data,
            CARILLON_PORT: '0',
            CARILLON_LOG_LEVEL: 'debug',
            ...env,
          },
          stderr: 'ignore',
        }),
      );
      const ask = async (name: string, given: object) => {
        const { content } = await client.callTool({ name, arguments: { ...given } });
        const [{ text }] = content as [{ text: string }];
        answers.push(text);
        return JSON.parse(text) as Record<string, string>;
      };
      try {
        const job = await ask('create_job', { name: 'j', cron: 'manual', prompt: 'hi' });
        const before = digests().length;
        await ask('trigger_job', { job_id: job['job_id'] ?? job['id'] });
        await expect.poll(() => digests().length, { timeout: 15_000 }).toBe(before + 1);
      } finally {
        await client.close();
      }
    };
    const digests = () => {
      const file = join(folder, 'digests');
      return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    };
    const on = ['--data', data];
    try {
      await runAs({ ANTHROPIC_API_KEY: FIRST, MY_PASSWORD: UNLISTED });
      const notice = JSON.parse(readFileSync(join(data, 'run', 'daemon.json'), 'utf8')) as {
        pid: number;
        http: { port: number };
      };
      const environment = readFileSync(`/proc/${notice.pid}/environ`, 'utf8');
      expect(environment).not.toContain(FIRST);
      expect(readFileSync(`/proc/${notice.pid}/cmdline`, 'utf8')).toContain('--disable-sigusr1');
      expect(await opensInspector(notice.pid)).toBe(false);
      await runAs({ ANTHROPIC_API_KEY: SECOND });
      expect(digests()).toEqual([digestOf(FIRST), digestOf(SECOND)]);

      const token = readFileSync(join(data, 'token'), 'utf8').trim();
      const ask = async (method: string, path: string, body?: object) => {
        const { port } = notice.http;
        const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        answers.push(text);
        return text;
      };
      const listed = await ask('GET', '/secrets');
      expect(listed).toContain('profile.claude-runner.ANTHROPIC_API_KEY');
      expect(listed).not.toContain('MY_PASSWORD');
      const id = /run_[a-z0-9]+/.exec(await ask('GET', '/runs'))?.[0] ?? '';
      await ask('GET', `/runs/${id}/wait?seconds=10`);
      expect(await ask('GET', `/runs/${id}`)).toContain('the key is ***');
      await ask('GET', `/runs/${id}/output`);
      const env = { K: { secret: 'profile.claude-runner.ANTHROPIC_API_KEY' } };
      const thief = { name: 'thief', action: { kind: 'command', command: 'env', env } };
      expect(await ask('POST', '/tasks', thief)).toContain('handed to a profile');
    } finally {
      await carillon([...on, 'down']);
    }
    const kept = [
      ...everyFile(data).map((file) => readFileSync(file)),
      Buffer.from(answers.join()),
    ];
    for (const value of [FIRST, SECOND]) {
      expect(kept.filter((bytes) => bytes.includes(value))).toEqual([]);
    }
    removeFolder(folder);
  },
  60_000,
);

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function everyFile(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
