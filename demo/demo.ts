/* The main job on real input, in half a minute: `npm run demo`. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const MAIN = resolve(import.meta.dirname, '../src/cli/main.ts');
/** How long the tasks are left alone while no client is connected, in milliseconds. */
const ALONE_MS = 13_000;
const HEALTHY_WITHIN_MS = 15_000;

type Answer = Readonly<Record<string, unknown>>;
type RunView = {
  readonly id: string;
  readonly task: string;
  readonly state: string;
  readonly scheduled_for: string | null;
};

const problems: string[] = [];
const data = mkdtempSync(join(tmpdir(), 'carillon-demo-'));

function say(text = ''): void {
  console.log(text);
}

function check(isTrue: boolean, text: string): void {
  say(`  ${isTrue ? '✓' : '✗'} ${text}`);
  if (!isTrue) problems.push(text);
}

/** A local service that counts who calls it. */
async function startService(): Promise<{ server: Server; url: string; keys: string[] }> {
  const keys: string[] = [];
  const server = createServer((request, response) => {
    keys.push(String(request.headers['idempotency-key']));
    response.end('thank you');
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping`, keys };
}

async function startDaemon(): Promise<ChildProcess> {
  const daemon = spawn(
    process.execPath,
    ['--disable-sigusr1', MAIN, 'serve', '--data', data, '--port', '0'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  daemon.stderr?.on('data', (bytes: Buffer) => {
    said = (said + bytes.toString()).slice(-4_000);
  });
  const until = performance.now() + HEALTHY_WITHIN_MS;
  while (performance.now() < until) {
    if (daemon.exitCode !== null) throw new Error(`the daemon ended at once:\n${said}`);
    if (await isUp()) return daemon;
    await sleep(100);
  }
  throw new Error(`the daemon did not get ready:\n${said}`);
}

function isUp(): Promise<boolean> {
  const status = spawn(process.execPath, [MAIN, 'status', '--data', data, '--json'], {
    stdio: 'ignore',
  });
  return new Promise((done) => {
    status.once('exit', (code) => done(code === 0));
  });
}

async function connect(name: string): Promise<Client> {
  const client = new Client({ name, version: '1.0.0' });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [MAIN, 'mcp', '--data', data] }),
  );
  return client;
}

async function call(client: Client, name: string, args: Answer): Promise<Answer> {
  const result = await client.callTool({ name, arguments: { ...args } });
  const text = result.content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
  if (result.isError === true) throw new Error(`${name}: ${text}`);
  return { ...(result.structuredContent as Answer), text };
}

async function createTasks(url: string): Promise<void> {
  const assistant = await connect('an-assistant');
  say('An assistant connects over stdio and asks for three things:');
  const tasks = [
    {
      name: 'say hello',
      when: 'every 3 seconds',
      action: { kind: 'command', command: 'echo "hello from run $CARILLON_RUN_ID"' },
    },
    {
      name: 'ping the service',
      when: '*/4 * * * * *',
      timezone: 'Europe/Berlin',
      action: { kind: 'http', method: 'POST', url, body: '{"ping":true}' },
    },
    {
      name: 'just once',
      when: 'in 5 seconds',
      action: { kind: 'command', argv: ['/bin/echo', 'only', 'once'] },
    },
  ];
  for (const task of tasks) {
    const answer = await call(assistant, 'create_task', task);
    say(`\n  "${task.when}" → ${task.name}`);
    for (const line of String(answer['text']).split('\n').slice(0, 4)) say(`    ${line}`);
  }
  await assistant.close();
  say('\nThe assistant is closed. Nobody is connected; only the daemon goes on.');
}

function runsOf(answer: Answer, name: string): readonly RunView[] {
  return (answer['runs'] as readonly RunView[]).filter((run) => run.task === name);
}

async function readWhatHappened(keys: readonly string[]): Promise<void> {
  const reader = await connect('another-assistant');
  say(`\n${ALONE_MS / 1000} seconds later another assistant asks what happened:\n`);
  const happened = await call(reader, 'what_happened', {});
  say(
    String(happened['text'])
      .split('\n')
      .slice(0, 12)
      .map((line) => `    ${line}`)
      .join('\n'),
  );
  for (const name of ['say hello', 'ping the service'])
    await call(reader, 'pause_task', { task: name });
  await sleep(300);
  const history = await call(reader, 'list_runs', { limit: 50 });

  say('\nWhat must hold:');
  const hello = runsOf(history, 'say hello');
  const pings = runsOf(history, 'ping the service');
  const once = runsOf(history, 'just once');
  const all = [...hello, ...pings, ...once];
  check(hello.length >= 4, `the command ran while nobody was connected (${hello.length} runs)`);
  check(
    pings.length >= 3,
    `the request was sent while nobody was connected (${pings.length} runs)`,
  );
  check(once.length === 1, 'the one-off ran exactly once');
  check(
    all.every((run) => run.state === 'succeeded'),
    'every run succeeded',
  );
  const occurrences = all.map((run) => `${run.task} ${run.scheduled_for}`);
  check(new Set(occurrences).size === all.length, 'no occurrence ran twice');
  check(
    keys.length === pings.length && new Set(keys).size === keys.length,
    `the service saw each run once, by its idempotency key (${keys.length} requests)`,
  );
  const lateness: number[] = [];
  for (const { id } of all)
    lateness.push(Number((await call(reader, 'get_run', { run: id }))['lateness_ms']));
  const latest = Math.max(...lateness);
  check(latest < 1_000, `everything started on time (latest: ${latest} ms after its instant)`);
  const run = hello[0];
  if (run !== undefined) {
    const output = await call(reader, 'read_output', { run: run.id });
    check(
      String(output['text']).includes(`hello from run ${run.id}`),
      'the output can be read afterwards',
    );
    const explained = await call(reader, 'explain', { run: run.id });
    say(
      `\nAnd why? explain answers:\n${String(explained['text'])
        .split('\n')
        .map((line) => `    ${line}`)
        .join('\n')}`,
    );
  }
  await reader.close();
}

async function main(): Promise<void> {
  say('Carillon, the main job: what someone asked for happens on time, once, and can be seen.\n');
  const { server, url, keys } = await startService();
  const daemon = await startDaemon();
  try {
    await createTasks(url);
    await sleep(ALONE_MS);
    await readWhatHappened(keys);
  } finally {
    const hasEnded = new Promise((done) => daemon.once('exit', done));
    daemon.kill('SIGTERM');
    await hasEnded;
    server.close();
    rmSync(data, { recursive: true, force: true });
  }
  say(problems.length === 0 ? '\nAll of it held.' : `\n${problems.length} thing(s) did not hold.`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

await main();
