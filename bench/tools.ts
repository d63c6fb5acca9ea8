import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { installPackage } from './installed-package.ts';
import { median, percentile, timed } from './measure.ts';
import { endProcess, environment, startDaemon, startHttp, tokenOf } from './processes.ts';
import type { Size } from './size.ts';
import { atMost, ms, type Row } from './table.ts';

/** Calls of ours and of the other in turns, in blocks of this many. */
const BLOCK = 25;
const BLOCKS = 20;
const BLOCKS_QUICK = 4;
const WARM_UP_CALLS = 400;
/** Tasks that `list_tasks` finds. */
const LISTED = 10;
const CALLS_MAX_MS = 120_000;

type Door = 'stdio' | 'HTTP';

/** `create_task` and `list_tasks` over both doors, beside an echo tool on a bare server of the SDK. */
export async function benchTools({ isQuick }: Size): Promise<readonly Row[]> {
  const blocks = isQuick ? BLOCKS_QUICK : BLOCKS;
  const installed = installPackage();
  const rows: Row[] = [];
  try {
    for (const door of ['stdio', 'HTTP'] as const) {
      rows.push(...(await benchDoor(installed.main, door, blocks)));
    }
  } finally {
    installed.remove();
  }
  return rows;
}

async function benchDoor(main: string, door: Door, blocks: number): Promise<readonly Row[]> {
  const data = mkdtempSync(join(tmpdir(), 'carillon-tools-'));
  const daemon = await startDaemon(main, data);
  const echoServer =
    door === 'HTTP'
      ? await startHttp(
          (port) => [join(import.meta.dirname, 'echo-http.mjs'), String(port)],
          '/mcp',
        )
      : undefined;
  const ours = await connect(
    door === 'HTTP'
      ? overHttp(daemon.origin, tokenOf(data))
      : overStdio([main, 'mcp', '--data', data]),
  );
  const echo = await connect(
    echoServer === undefined
      ? overStdio([join(import.meta.dirname, 'echo-stdio.mjs')])
      : overHttp(echoServer.origin, 'none'),
  );
  try {
    return await callRows(door, ours, echo, blocks);
  } finally {
    await ours.close();
    await echo.close();
    await endProcess(daemon.child);
    if (echoServer !== undefined) await endProcess(echoServer.child);
    rmSync(data, { recursive: true, force: true });
  }
}

async function callRows(
  door: Door,
  ours: Client,
  echo: Client,
  blocks: number,
): Promise<readonly Row[]> {
  let made = 0;
  const callEcho = (): Promise<void> => call(echo, 'echo', { text: 'every weekday at 9' });
  const create = (): Promise<void> => {
    made += 1;
    return call(ours, 'create_task', {
      name: `task ${made}`,
      when: 'every weekday at 9',
      timezone: 'Europe/Berlin',
      action: { kind: 'command', command: 'true' },
    });
  };
  const list = (): Promise<void> => call(ours, 'list_tasks', {});
  await times(LISTED, create);
  await times(WARM_UP_CALLS, list);
  await times(WARM_UP_CALLS, callEcho);
  const listing = await inTurns(list, callEcho, blocks);
  await times(WARM_UP_CALLS, create);
  const creating = await inTurns(create, callEcho, blocks);
  return [
    rowOf(`\`create_task\` over ${door}`, creating),
    rowOf(`\`list_tasks\` over ${door}, ${LISTED} tasks`, listing),
  ];
}

type Times = { readonly ours: number[]; readonly others: number[] };

async function inTurns(
  ours: () => Promise<void>,
  other: () => Promise<void>,
  blocks: number,
): Promise<Times> {
  const measured: Times = { ours: [], others: [] };
  const end = performance.now() + CALLS_MAX_MS;
  for (let block = 0; block < blocks && performance.now() < end; block += 1) {
    for (let index = 0; index < BLOCK; index += 1) measured.others.push(await timed(other));
    for (let index = 0; index < BLOCK; index += 1) measured.ours.push(await timed(ours));
  }
  return measured;
}

function rowOf(what: string, { ours, others }: Times): Row {
  const ratio = median(ours) / median(others);
  const says = (values: readonly number[]): string =>
    `${ms(median(values))} (p99 ${ms(percentile(values, 0.99))})`;
  return {
    what,
    ours: says(ours),
    other: `${says(others)} echo`,
    ratio,
    aim: atMost(ratio, 2),
  };
}

async function times(count: number, act: () => Promise<void>): Promise<void> {
  for (let index = 0; index < count; index += 1) await act();
}

async function call(client: Client, name: string, args: Record<string, unknown>): Promise<void> {
  const answer = await client.callTool({ name, arguments: args });
  if (answer.isError === true) throw new Error(`${name}: ${JSON.stringify(answer.content)}`);
}

type Transport = Parameters<Client['connect']>[0];

async function connect(transport: Transport): Promise<Client> {
  const client = new Client(
    { name: 'bench', version: '1.0.0' },
    { versionNegotiation: { mode: 'auto' } },
  );
  await client.connect(transport);
  return client;
}

function overHttp(origin: string, token: string): Transport {
  return new StreamableHTTPClientTransport(new URL(`${origin}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
}

function overStdio(args: readonly string[]): Transport {
  return new StdioClientTransport({
    command: process.execPath,
    args: [...args],
    env: environment(),
    stderr: 'ignore',
  });
}
