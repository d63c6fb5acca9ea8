import { spawn, type ChildProcess } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seededRandom } from '../support/ids.ts';
import {
  MAIN,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';
import { accountOf, repeated, type Account } from './account-of.ts';

export type StormOptions = {
  readonly kills: number;
  /** Decides when each kill comes. */
  readonly seed: number;
};

export type StormReport = Account & {
  readonly kills: number;
  readonly acknowledged: number;
  readonly killsPerSecond: number;
};

const INTERVAL_MS = 1_000;
const TASKS = 8;
/** Tasks whose lost attempts are repeated; those of the others have at most one effect. */
const REPEATING_TASKS = 2;

/** A daemon that is up is killed within this time; one in two is killed while it starts. */
const KILL_WITHIN_MS = 300;
const KILL_WHILE_STARTING_MS = 800;
const KILL_AFTER_ANSWER_MS = 5;
const IDLE_WITHIN_MS = 60_000;

/** Kills a real daemon again and again, lets it come to rest, and checks what became of everything. */
export async function storm({ kills, seed }: StormOptions): Promise<StormReport> {
  const data = temporaryFolder();
  const random = seededRandom(seed);
  const acknowledged: string[] = [];
  const effectsFile = join(data, 'effects');
  const databaseFile = join(data, 'carillon.db');
  try {
    const first = await startDaemon(data);
    for (let index = 0; index < TASKS; index += 1) await createRepeating(first, index, effectsFile);
    await first.kill('SIGKILL');
    const began = performance.now();
    for (let kill = 0; kill < kills; kill += 1) {
      await killOnce(data, kill, random, acknowledged);
    }
    const killsPerSecond = kills / ((performance.now() - began) / 1_000);
    const last = await startDaemon(data);
    await pauseAll(last);
    await untilIdle(databaseFile);
    await last.kill('SIGTERM');
    const account = accountOf(databaseFile, effectsFile, INTERVAL_MS);
    const wrong = [
      ...account.wrong,
      ...repeated(databaseFile, effectsFile, 'once-%').map(
        (run) => `${run}: it had its effect twice`,
      ),
      ...forgotten(databaseFile, acknowledged),
    ];
    return { ...account, wrong, kills, acknowledged: acknowledged.length, killsPerSecond };
  } finally {
    removeFolder(data);
  }
}

/** One in two is killed while it starts; the others when they are up, right after they answered. */
async function killOnce(
  data: string,
  kill: number,
  random: () => number,
  acknowledged: string[],
): Promise<void> {
  if (kill % 2 === 0) {
    const child = spawn(process.execPath, [MAIN, 'serve', '--data', data, '--port', '0'], {
      stdio: 'ignore',
    });
    await sleep(random() * KILL_WHILE_STARTING_MS);
    return endOf(child);
  }
  const daemon = await startDaemon(data);
  await sleep(random() * KILL_WITHIN_MS);
  const name = `acknowledged-${kill}`;
  await post(daemon, {
    name,
    when: '2099-01-01T00:00:00Z',
    action: { kind: 'command', argv: ['true'] },
  });
  acknowledged.push(name);
  await sleep(random() * KILL_AFTER_ANSWER_MS);
  await daemon.kill('SIGKILL');
}

async function createRepeating(
  daemon: RealDaemon,
  index: number,
  effectsFile: string,
): Promise<void> {
  const mayRepeat = index < REPEATING_TASKS;
  const write = `printf '%s %s %s\\n' "$CARILLON_RUN_ID" "$CARILLON_SCHEDULED_FOR" "$CARILLON_ATTEMPT" >> '${effectsFile}'`;
  const ms = String((index * INTERVAL_MS) / TASKS).padStart(3, '0');
  await post(daemon, {
    name: `${mayRepeat ? 'repeating' : 'once'}-${index}`,
    when: { every: '1s', anchor: `2026-01-01T00:00:00.${ms}Z` },
    // Some are in the middle of their work when the kill comes.
    action: { kind: 'command', command: index % 2 === 0 ? write : `${write}; sleep 0.1` },
    overlap: index % 3 === 0 ? 'queue_all' : index % 3 === 1 ? 'skip' : 'allow',
    catch_up: index % 2 === 0 ? 'latest' : 'all',
    retention: { runs: 1_000_000 },
    ...(mayRepeat ? { retry: { attempts: 3, lost: true, backoff: '1s' } } : {}),
  });
}

async function post(daemon: RealDaemon, body: object, path = '/api/v1/tasks'): Promise<void> {
  const answer = await fetch(`${daemon.origin}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${daemon.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`The daemon answered ${answer.status}: ${await answer.text()}`);
}

async function pauseAll(daemon: RealDaemon): Promise<void> {
  const lateMs = 2_000;
  await sleep(lateMs);
  for (let index = 0; index < TASKS; index += 1) {
    const name = `${index < REPEATING_TASKS ? 'repeating' : 'once'}-${index}`;
    await post(daemon, {}, `/api/v1/tasks/${name}/pause`);
  }
}

async function untilIdle(databaseFile: string): Promise<void> {
  const database = new DatabaseSync(databaseFile, { readOnly: true });
  try {
    const unfinished = database.prepare('select count(*) as runs from run where ended_at is null');
    const until = performance.now() + IDLE_WITHIN_MS;
    while (unfinished.get()?.['runs'] !== 0) {
      if (performance.now() > until) return;
      await sleep(100);
    }
  } finally {
    database.close();
  }
}

/** Tasks that were acknowledged and are not there. */
function forgotten(databaseFile: string, acknowledged: readonly string[]): readonly string[] {
  const database = new DatabaseSync(databaseFile);
  try {
    const find = database.prepare('select id from task where name = ?');
    return acknowledged
      .filter((name) => find.get(name) === undefined)
      .map((name) => `${name}: it was acknowledged and is not there`);
  } finally {
    database.close();
  }
}

function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '1000' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    },
  });
  await import('temporal-polyfill/global');
  const report = await storm({ kills: Number(values.kills), seed: Number(values.seed) });
  console.log(JSON.stringify({ seed: Number(values.seed), ...report }, undefined, 2));
  process.exitCode = report.wrong.length === 0 ? 0 : 1;
}
