import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { type RealDaemon, startDaemon } from './real-daemon.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** How far apart the runs of one task are laid. */
const APART_MS = 47 * MINUTE_MS;

export type LivedIn = {
  readonly daemon: RealDaemon;
  readonly tasks: Readonly<Record<'review' | 'backup' | 'long' | 'health' | 'agent', string>>;
};

export type Json = Readonly<Record<string, unknown>>;

type Living = {
  /** Of the daemon. */
  readonly args?: readonly string[];
  /** What else happens before the past is laid back. */
  readonly furnish?: (daemon: RealDaemon) => Promise<void>;
  /** What else is laid back. */
  readonly past?: (db: DatabaseSync) => void;
};

/**
 * A daemon with some days behind it: tasks of several kinds, runs that went well and badly, one that goes
 * on, and what agents have cost. Its past is laid back in its database while it is stopped, since nobody
 * wants to wait for it.
 */
export async function startLivedIn(
  data: string,
  env: Readonly<Record<string, string>> = {},
  { args = ['--no-auth'], furnish = async () => {}, past = () => {} }: Living = {},
): Promise<LivedIn> {
  const first = await startDaemon(data, env, args);
  const tasks = await fill(first, furnish).catch(async (error: unknown) => {
    await first.kill('SIGKILL');
    throw error;
  });
  await first.kill('SIGTERM');
  layBack(join(data, 'carillon.db'), tasks, past);
  const daemon = await startDaemon(data, env, args);
  await post(daemon, `/tasks/${tasks.long}/runs`);
  return { daemon, tasks };
}

async function fill(first: RealDaemon, furnish: (daemon: RealDaemon) => Promise<void>) {
  const shop = createServer((_, response) => response.end('open'));
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  shop.unref();
  const { port } = shop.address() as AddressInfo;
  const tasks = await makeTasks(first, `http://127.0.0.1:${port}/`);
  for (let round = 0; round < 6; round += 1) {
    for (const id of [tasks.review, tasks.backup, tasks.health]) {
      await post(first, `/tasks/${id}/runs`, { overlap: 'allow' });
    }
  }
  await furnish(first);
  await untilIdle(first);
  return tasks;
}

async function makeTasks(daemon: RealDaemon, shop: string) {
  const make = async (task: Json): Promise<string> => {
    const made = (await post(daemon, '/tasks', task)) as { task: { id: string } };
    return made.task.id;
  };
  return {
    review: await make({
      name: 'Review yesterday’s commits',
      description: 'What changed, and what deserves a second look.',
      when: 'every weekday at 9',
      timezone: 'Europe/Berlin',
      action: {
        kind: 'command',
        argv: [process.execPath, '-e', 'for (let i = 0; i < 40; i++) console.log("ok", i)'],
      },
      tags: ['git', 'daily'],
    }),
    backup: await make({
      name: 'Nightly backup',
      when: 'every day at 02:30',
      action: {
        kind: 'command',
        argv: [process.execPath, '-e', 'console.error("no space left on device"); process.exit(3)'],
      },
      tags: ['ops'],
    }),
    long: await make({
      name: 'Long import',
      action: {
        kind: 'command',
        argv: [
          process.execPath,
          '-e',
          'let i = 0; setInterval(() => console.log("step", ++i), 200)',
        ],
      },
    }),
    health: await make({
      name: 'Health of the shop',
      when: 'every 15 minutes',
      action: { kind: 'http', url: shop },
      tags: ['ops', 'http'],
    }),
    agent: await make({
      name: 'Morning brief',
      when: 'every day at 7',
      action: {
        kind: 'model',
        provider: 'openai_compatible',
        base_url: 'http://127.0.0.1:9/v1',
        model: 'small',
        prompt: 'What is new?',
      },
      budget: { usd_per_day: 0.5 },
      tags: ['daily'],
    }),
  };
}

async function untilIdle(daemon: RealDaemon): Promise<void> {
  for (let tried = 0; tried < 200; tried += 1) {
    const { runs } = (await ask(daemon, 'GET', '/status')) as {
      runs: Readonly<Record<string, number>>;
    };
    if (runs['queued'] === 0 && runs['running'] === 0) return;
    await sleep(50);
  }
  throw new Error('The runs do not end.');
}

/** Moves the runs of each task into the past, and writes what an agent has cost. */
function layBack(
  file: string,
  { review, backup, health, agent }: LivedIn['tasks'],
  past: (db: DatabaseSync) => void,
): void {
  const db = new DatabaseSync(file);
  const rows = db
    .prepare(
      'select id, task_id, created_at from run where task_id in (?, ?, ?) order by created_at',
    )
    .all(review, backup, health) as { id: string; task_id: string; created_at: number }[];
  const seen = new Map<string, number>();
  const move = db.prepare(
    'update run set created_at = ?, ready_at = ?, started_at = ?, ended_at = ? where id = ?',
  );
  const attempt = db.prepare(
    'update run_attempt set started_at = ?, ended_at = ? where run_id = ?',
  );
  for (const { id, task_id, created_at } of rows.toReversed()) {
    const order = seen.get(task_id) ?? 0;
    seen.set(task_id, order + 1);
    const at = created_at - (order + 1) * APART_MS - seen.size * 11 * MINUTE_MS;
    const length = (2 + ((order * 7) % 11)) * MINUTE_MS;
    move.run(at, at, at + 400, at + length, id);
    attempt.run(at + 400, at + length, id);
  }
  const spend = db.prepare('insert into spend values (?,?,?,?,?,?,?,?,?,?,?,?,?)');
  for (let day = 0; day < 25; day += 1) {
    const at = Date.now() - day * 24 * HOUR_MS - 1_000;
    const micros = 120_000 + ((day * 37) % 50) * 9_000;
    const name = 'Morning brief';
    spend.run(
      `past-${day}`,
      1,
      agent,
      name,
      'native',
      'openai_compatible',
      at,
      micros,
      0,
      0,
      9e4,
      4e3,
      2e4,
    );
  }
  past(db);
  db.close();
}

function post(daemon: RealDaemon, path: string, body: Json = {}): Promise<unknown> {
  return ask(daemon, 'POST', path, body);
}

/** Asks the daemon as its owner; refused is wrong. */
export async function ask(
  { origin, token }: RealDaemon,
  method: string,
  path: string,
  body: Json = {},
): Promise<unknown> {
  const response = await fetch(`${origin}/api/v1${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
