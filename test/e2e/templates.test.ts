import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  carillon,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';

type Heard = { readonly url: string; readonly note: string | undefined; readonly body: string };

let folder: string;
let daemon: RealDaemon;
let server: Server;
let origin: string;
const heard: Heard[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (bytes: Buffer) => {
      body += bytes.toString();
    });
    request.on('end', () => {
      heard.push({ url: request.url ?? '', note: request.headers['x-note']?.toString(), body });
      response.end('ok');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  folder = temporaryFolder();
  daemon = await startDaemon(join(folder, 'data'));
}, 30_000);

afterAll(async () => {
  await daemon.kill('SIGKILL');
  server.close();
  removeFolder(folder);
});

async function said(words: readonly string[], code = 0): Promise<string> {
  const ran = await carillon(['--data', daemon.data, '--quiet', ...words], { cwd: folder });
  expect({ code: ran.code, stderr: code === 0 ? ran.stderr : '' }).toEqual({ code, stderr: '' });
  return ran.stdout + ran.stderr;
}

/** What a shell would make something of. */
const HOSTILE = 'x"; touch /tmp/owned; $(id) `id` \\ \' & {{task.name}} ü';

describe('a payload', () => {
  it('reaches a command byte for byte, in variables and on standard input', async () => {
    await said(['tasks', 'add', 'tell', '--shell', 'printf "%s\\n" "$PAYLOAD_A_B" && cat']);
    const payload = JSON.stringify({ a: { b: HOSTILE } });
    const printed = await said(['tasks', 'run', 'tell', '--wait', '--payload', payload]);
    expect(printed).toBe(`${HOSTILE}\n${payload}`);
  });

  it('reaches a server encoded for each place', async () => {
    await said([
      'tasks',
      'add',
      'post',
      '--url',
      `${origin}/{{task.name}}/{{payload.a}}?q={{payload.a}}`,
      '--header',
      'X-Note: {{payload.n}}',
      '--header',
      'Content-Type: application/json',
      '--body',
      '{"text":"<{{payload.a}}>","all":{{json payload}}}',
    ]);
    const payload = { a: HOSTILE, n: 'one\r\nX-Two: 2' };
    await said(['tasks', 'run', 'post', '--wait', '--payload', JSON.stringify(payload)]);
    const [request] = heard.splice(0);
    const url = new URL(request?.url ?? '', origin);
    expect(url.pathname.split('/').map(decodeURIComponent)).toEqual(['', 'post', HOSTILE]);
    expect(url.searchParams.get('q')).toBe(HOSTILE);
    expect(request?.note).toBe('one  X-Two: 2');
    expect(JSON.parse(request?.body ?? '')).toEqual({ text: `<${HOSTILE}>`, all: payload });
  });

  it('never gets into the text of a shell: such a task is not made', async () => {
    const refused = await said(['tasks', 'add', 'bad', '--shell', 'echo "{{payload.a}}"'], REFUSED);
    expect(refused).toContain('{{payload.a}} must not stand in "command"');
    expect(refused).toContain('PAYLOAD_');
  });
});

describe('a run', () => {
  it('may work in another directory than its task', async () => {
    await said(['tasks', 'add', 'where', '--cwd', '/', '--', 'pwd', '-P']);
    expect(await said(['tasks', 'run', 'where', '--wait'])).toBe('/\n');
    expect(await said(['tasks', 'run', 'where', '--wait', '--cwd', '/usr'])).toBe('/usr\n');
  });

  it('finds in its arguments what its task and the run before it were', async () => {
    const words = ['{{task.name}} {{last.finished_at | default "never"}}'];
    await said(['tasks', 'add', 'before', '--', 'echo', ...words]);
    expect(await said(['tasks', 'run', 'before', '--wait'])).toBe('before never\n');
    expect(await said(['tasks', 'run', 'before', '--wait'])).toMatch(/^before \d{4}-.+Z\n$/);
  });
});

/** The exit code of a command that was refused. */
const REFUSED = 2;
