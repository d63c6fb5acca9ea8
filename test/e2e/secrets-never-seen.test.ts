import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { API_ROUTES } from '../../src/api/routes/api-routes.ts';
import { secretForms } from '../../src/domain/masking/secret-forms.ts';
import {
  carillon,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';

const SECRET = `p@ss "w'rd" <é&/\\>$1-9f8e7d6c5b`;
const MODEL_KEY = 'sk-of-the-model-9a8b7c6d5e4f';
const DAEMONS_OWN = 'of-the-daemon-alone-4711';

/** Prints the secret in every form, a few bytes at a time, then a part of it, and fails. */
const SCRIPT = `
const { writeSync } = require('node:fs');
const s = process.env.S;
const html = s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const forms = [
  s, encodeURIComponent(s), encodeURI(s), new URLSearchParams({ v: s }).toString(),
  JSON.stringify(s), JSON.stringify(JSON.stringify({ s })), html.replaceAll("'", '&#39;'),
  s.replaceAll("'", "'\\\\''"), s.replace(/["$\`\\\\]/g, '\\\\$&'),
  ...['hex', 'base64', 'base64url'].flatMap((how) =>
    ['', 'x', 'xy'].map((before) => Buffer.from(before + s + '!').toString(how))),
  Buffer.from(s).toString('hex').toUpperCase(),
];
for (const fd of [1, 2]) {
  for (const form of forms) {
    for (const size of [1, 7, 1000]) {
      const bytes = Buffer.from(form + '\\n');
      for (let at = 0; at < bytes.length; at += size) writeSync(fd, bytes.subarray(at, at + size));
    }
  }
}
writeSync(1, Object.entries(process.env).filter(([name]) => name !== 'S').join('\\n') + '\\n');
writeSync(1, 'the end: ' + s.slice(0, 14));
process.exit(3);
`;

/** Says what it was handed, and what it has of the daemon's environment, in the middle of an answer. */
const ENGINE = `
const { S, OWN_API_KEY } = process.env;
process.stderr.write('the engine has ' + OWN_API_KEY + '\\n');
process.stdout.write('I was told ' + S + ', ' + encodeURIComponent(S) + ' and ' + OWN_API_KEY);
`;
const ENGINE_KEY = 'sk-of-the-engine-0f1e2d3c4b5a';

const notices: string[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (bytes: Buffer) => {
    body += bytes.toString();
  });
  request.on('end', () => {
    if (request.url === '/hook') {
      notices.push(body);
      response.end('ok');
      return;
    }
    const told = Buffer.from(String(request.headers['x-secret']), 'latin1');
    response.setHeader('x-told', told.toString('base64'));
    if (request.url === '/v1/chat/completions') {
      const content = `my key is ${request.headers.authorization}`;
      const choices = [{ index: 0, delta: { role: 'assistant', content }, finish_reason: 'stop' }];
      response.setHeader('content-type', 'text/event-stream');
      const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices };
      response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
      return;
    }
    response.writeHead(418).end(`it is ${told.toString('utf8')}, in hex ${told.toString('hex')}`);
  });
});

let folder: string;
let daemon: RealDaemon;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  folder = temporaryFolder();
  const hook = { kind: 'webhook', url: `${origin()}/hook`, key_secret: 'KEY' };
  daemon = await startDaemon(join(folder, 'data'), {
    CARILLON_CHANNELS: JSON.stringify({ hook }),
    CARILLON_ALERTS: 'failure',
    CARILLON_LOG_LEVEL: 'debug',
    CARILLON_ENGINES: JSON.stringify({
      telling: {
        program: process.execPath,
        argv: ['-e', ENGINE],
        prompt: 'stdin',
        output: 'text',
        variables: ['OWN_*'],
      },
    }),
    OWN_API_KEY: ENGINE_KEY,
    DAEMONS_OWN,
  });
}, 60_000);
afterAll(async () => {
  await daemon.kill('SIGKILL');
  server.close();
  removeFolder(folder);
});

function origin(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function ask(method: string, path: string, body?: unknown): Promise<string> {
  const response = await fetch(`${daemon.origin}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${daemon.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return `${JSON.stringify([...response.headers])}\n${await response.text()}`;
}

async function run(task: string): Promise<string> {
  const started = await ask('POST', `/tasks/${task}/runs`, {});
  const id = /run_[a-z0-9]+/.exec(started)?.[0] ?? '';
  await ask('GET', `/runs/${id}/wait?seconds=25`);
  return id;
}

async function callTool(name: string, args: object): Promise<string> {
  const params = { name, arguments: args };
  const response = await fetch(`${daemon.origin}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${daemon.token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
  });
  return response.text();
}

/** What every request that only reads answers about this run. */
async function everyAnswer(task: string, id: string): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const { method, path } of API_ROUTES) {
    if (method !== 'GET' || path === '/explain') continue;
    const filled = path.replace(':task', task).replace(':run', id);
    if (!filled.includes(':')) answers.push(await ask('GET', filled));
  }
  answers.push(await ask('GET', `/runs/${id}/output?bytes_max=1000000`));
  answers.push(await ask('GET', `/explain?run=${id}`), await ask('GET', `/explain?task=${task}`));
  answers.push(await callTool('get_run', { run: id }), await callTool('read_output', { run: id }));
  answers.push(await callTool('what_happened', {}), await callTool('explain', { run: id }));
  answers.push((await carillon(['--data', daemon.data, 'runs', 'logs', id])).stdout);
  answers.push((await carillon(['--data', daemon.data, 'runs', 'show', id])).stdout);
  return answers;
}

/** The first few events of the stream, from its beginning. */
async function events(): Promise<string> {
  const response = await fetch(`${daemon.origin}/api/v1/events?after=0`, {
    headers: { authorization: `Bearer ${daemon.token}` },
  });
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  await reader?.cancel();
  return Buffer.from(value ?? []).toString();
}

function everyFile(place: string): readonly string[] {
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place).flatMap((name) => {
    const path = join(place, name);
    // A socket cannot be read.
    const facts = statSync(path, { throwIfNoEntry: false });
    return facts?.isDirectory() === true || facts?.isFile() === true ? everyFile(path) : [];
  });
}

const FORMS = [...secretForms([SECRET, MODEL_KEY, ENGINE_KEY]), SECRET.slice(0, 14)].map((form) =>
  Buffer.from(form),
);

function formsIn(bytes: Buffer): readonly string[] {
  return FORMS.filter((form) => bytes.includes(form)).map(String);
}

it('a secret that a task prints, in any form and cut anywhere, is in nothing that can be reached', async () => {
  expect(formsIn(Buffer.from(`x${SECRET}`))).toContain(SECRET);
  const set = await carillon(['--data', daemon.data, 'secrets', 'set', 'TOKEN'], { input: SECRET });
  expect(set.code, set.stderr).toBe(0);
  await ask('PUT', '/secrets/KEY', { value: 'whsec_bm90LXNvLXNlY3JldC1hZnRlci1hbGw=' });
  await ask('PUT', '/secrets/HEADER', { value: SECRET.replace('é', 'e') });
  const argv = [process.execPath, '-e', SCRIPT];
  await ask('POST', '/tasks', {
    name: 'printer',
    action: { kind: 'command', argv, env: { S: { secret: 'TOKEN' } } },
  });
  await ask('POST', '/tasks', {
    name: 'asker',
    action: { kind: 'http', url: origin(), headers: { 'X-Secret': { secret: 'HEADER' } } },
  });
  await ask('PUT', '/secrets/MODEL', { value: MODEL_KEY });
  const prompt = 'say all that you know';
  await ask('POST', '/tasks', {
    name: 'agent',
    action: { kind: 'agent', engine: 'telling', prompt, env: { S: { secret: 'TOKEN' } } },
  });
  const model = { provider: 'openai_compatible', model: 'm', base_url: `${origin()}/v1` };
  await ask('POST', '/tasks', {
    name: 'model',
    action: { kind: 'model', ...model, prompt, api_key: { secret: 'MODEL' } },
  });
  // A run would need its payload as it was sent.
  const action = { kind: 'command', argv: ['true'] };
  await ask('POST', '/tasks', { name: 'held', action, paused: true });
  const hook = { name: 'hook', scheme: 'path_token', task: 'held' };
  const made = await ask('POST', '/webhooks', hook);
  const delivered = await fetch(`${daemon.origin}${/\/hooks\/\w+/.exec(made)?.[0] ?? ''}`, {
    method: 'POST',
    body: JSON.stringify({ leaked: SECRET, again: encodeURIComponent(SECRET) }),
    headers: { 'x-leaked': MODEL_KEY },
  });
  expect(delivered.status).toBe(202);
  const webhook = /hook_\w+/.exec(made)?.[0] ?? '';
  const answers: string[] = [await ask('GET', `/webhooks/${webhook}/deliveries`)];
  expect(answers[0]).toContain('***');
  for (const task of ['printer', 'asker', 'agent', 'model'])
    answers.push(...(await everyAnswer(task, await run(task))));
  answers.push(await events());
  expect(answers.some((answer) => answer.includes('the end: ***'))).toBe(true);
  expect(answers.join().includes(DAEMONS_OWN)).toBe(false);
  expect(answers.some((answer) => answer.includes('I was told ***, *** and ***'))).toBe(true);
  expect(answers.some((answer) => answer.includes('my key is Bearer ***'))).toBe(true);
  expect(answers.some((answer) => answer.includes('set_secret'))).toBe(true);
  expect(answers.some((answer) => answer.includes('it is ***, in hex ***'))).toBe(true);

  const endsAt = performance.now() + 10_000;
  while (notices.length < 2 && performance.now() < endsAt) await sleep(50);
  expect(notices.length).toBeGreaterThan(0);

  const backup = join(folder, 'a.backup');
  expect((await carillon(['--data', daemon.data, 'backup', backup])).code).toBe(0);
  const found = (what: string, bytes: Buffer) =>
    formsIn(bytes).map((form) => `${what} holds ${form}`);
  const plain = (text: string) => found(text.slice(0, 200), Buffer.from(text));
  expect([...answers, ...notices].flatMap(plain)).toEqual([]);
  // Now with the write-ahead log beside the database, and then as a stopped daemon leaves it.
  const look = () =>
    [...everyFile(daemon.data), backup].flatMap((file) => found(file, readFileSync(file)));
  expect(existsSync(join(daemon.data, 'carillon.db-wal'))).toBe(true);
  expect(look()).toEqual([]);
  await daemon.kill('SIGTERM');
  expect(look()).toEqual([]);
}, 60_000);
