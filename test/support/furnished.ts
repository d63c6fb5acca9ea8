import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { BrowserContext } from 'playwright-core';
import { ask, type Json, startLivedIn } from './lived-in.ts';
import { carillon, type RealDaemon, startDaemon } from './real-daemon.ts';

const HOUR_MS = 3_600_000;
/** For how long the long run has gone on. */
const LONG_MS = 2 * HOUR_MS;

/** For how long the daemon was away from a task that catches nothing up. */
const AWAY_MS = 5 * HOUR_MS;

/** A screen and where it is. */
export type Shown = { readonly name: string; readonly path: string };

export type Furnished = {
  readonly daemon: RealDaemon;
  /** Another daemon for the same data at the same port. */
  restart(): Promise<RealDaemon>;
  readonly screens: readonly Shown[];
  /** Lets a browser in by the link that `carillon open` prints. */
  signIn(context: BrowserContext): Promise<void>;
};

type Made = { readonly id: string };

/**
 * A daemon in which everything is there that a screen can show: what `startLivedIn` has, agents with their
 * cost, a question, an approval, webhooks, secrets, keys, versions, and a run that waits for a usage limit.
 */
export async function startFurnished(folder: string): Promise<Furnished> {
  const data = join(folder, 'data');
  const env = {
    ...homeWithAgent(folder),
    CARILLON_BUDGET: '{"usd_per_day": 0.5, "usd_per_month": 9}',
    CARILLON_POLICY: '{"api_key": {"create_action": "ask"}}',
  };
  let ids: Readonly<Record<string, string>> = {};
  const furnish = async (daemon: RealDaemon): Promise<void> => {
    ids = await furnishWith(daemon, folder);
  };
  const { daemon, tasks } = await startLivedIn(data, env, {
    args: [],
    furnish,
    past: (db) => layDueBack(db, ids['cache'] ?? ''),
  });
  const finish = async () => {
    const run = await newestRun(daemon, tasks.long);
    layLongRunBack(join(data, 'carillon.db'), run);
    const limited = await runOnce(daemon, ids['limited'] ?? '', ['queued', 'held']);
    return { run, limited, failed: await newestRun(daemon, tasks.backup) };
  };
  const runs = await finish().catch(async (error: unknown) => {
    await daemon.kill('SIGKILL');
    throw error;
  });
  return {
    daemon,
    restart: () => startDaemon(data, env, ['--port', new URL(daemon.origin).port]),

    screens: screensOf({
      ...ids,
      ...tasks,
      longRun: runs.run,
      limitedRun: runs.limited,
      failedRun: runs.failed,
    }),
    signIn: async (context) => {
      const { stdout } = await carillon(['--data', data, 'open', '--quiet']);
      const page = await context.newPage();
      await page.goto(`${stdout.trim()}&next=/account`);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
      await page.close();
    },
  };
}

/** A real MCP client with the token of the owner. */
export async function openAssistant({ origin, token }: RealDaemon, name: string): Promise<Client> {
  const client = new Client({ name, version: '2.1.0' });
  const headers = { authorization: `Bearer ${token}` };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${origin}/mcp`), { requestInit: { headers } }),
  );
  return client;
}

/** A home folder in which an agent is installed. */
export function homeWithAgent(folder: string): Readonly<Record<string, string>> {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const stub = resolve(import.meta.dirname, 'stub-claude.ts');
  writeFileSync(join(bin, 'claude'), `#!/bin/sh\nexec "${process.execPath}" "${stub}" "$@"\n`);
  chmodSync(join(bin, 'claude'), 0o755);
  return { HOME: folder, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
}

async function furnishWith(
  daemon: RealDaemon,
  folder: string,
): Promise<Readonly<Record<string, string>>> {
  const make = async (task: Json): Promise<string> =>
    ((await ask(daemon, 'POST', '/tasks', task)) as { readonly task: Made }).task.id;
  const agent = (prompt: string) => ({ kind: 'agent', engine: 'claude', prompt, cwd: folder });
  const budget = { usd_per_run: 0.5, usd_per_day: 2 };
  const success = { verdict: true };
  const triage = await make({
    name: 'Triage new issues',
    description: 'Label what came in over night, and say what cannot wait.',
    when: 'every weekday at 8:30',
    timezone: 'Europe/Berlin',
    action: agent('Read the issues that are new since yesterday and label each of them.'),
    tags: ['git', 'agents'],
    budget,
    success,
  });
  const triaged = await runOnce(daemon, triage, ['succeeded', 'failed']);
  const notes = await make({
    name: 'Release notes',
    when: 'every friday at 16:00',
    action: agent('Ask for the release, then write its notes.'),
    budget,
    success,
  });
  const asked = await runOnce(daemon, notes, ['waiting']);
  const limited = await make({
    name: 'Weekly digest',
    when: 'every monday at 8',
    action: agent('Limited by the plan of the account.'),
    budget,
  });
  const cache = await make({
    name: 'Warm the cache',
    when: '*/10 * * * *',
    action: { kind: 'command', command: 'false' },
    catch_up: 'none',
    tags: ['ops'],
  });
  await runOnce(daemon, cache, ['failed']);
  for (const command of [
    'echo "nothing to warm"',
    'printf "\\033[32mwarm\\033[0m: 412 pages\\n"',
  ]) {
    await ask(daemon, 'PATCH', `/tasks/${cache}`, { action: { kind: 'command', command } });
  }
  const warmed = await runOnce(daemon, cache, ['succeeded']);
  const reminder = await make({
    name: 'Rotate the signing key',
    when: 'every year on 3 March at 10:00',
    action: { kind: 'reminder', title: 'Rotate the signing key', body: 'The old one ends in May.' },
  });
  await ask(daemon, 'POST', `/tasks/${reminder}/pause`, {
    reason: 'until the new machine is there',
  });
  const shipping = {
    kind: 'command',
    argv: ['true'],
    env: { SHOP_TOKEN: { secret: 'SHOP_TOKEN' }, MAIL: { secret: 'MAIL_PASSWORD' } },
  };
  await make({ name: 'Ship the orders', when: 'every hour', action: shipping });
  await ask(daemon, 'PUT', '/secrets/SHOP_TOKEN', {
    value: 'tok_8f3a9c0d1e2b7a66',
    for_tasks: ['Ship the orders'],
  });
  await ask(daemon, 'PUT', '/secrets/HOOK_KEY', {
    value: 'whk_11f3a9c0d1e2b7a66',
    for_tasks: ['Triage new issues'],
    for_hosts: ['api.example.org'],
  });
  const hook = await deliveredHook(daemon);
  await ask(daemon, 'POST', '/keys', { name: 'build server', scopes: ['tasks:read', 'tasks:run'] });
  const approval = await askedFor(daemon, folder);
  const client = await openAssistant(daemon, 'claude-code');
  await client.callTool({ name: 'list_tasks', arguments: {} });
  await client.close();
  return { triage, triaged, asked, limited, cache, warmed, reminder, hook, approval };
}

async function deliveredHook(daemon: RealDaemon): Promise<string> {
  const { id, path } = (await ask(daemon, 'POST', '/webhooks', {
    name: 'pushes',
    description: 'From the code host, on every push.',
    task: 'Triage new issues',
    scheme: 'github',
  })) as { readonly id: string; readonly path: string };
  await ask(daemon, 'POST', `/webhooks/${id}/test`, { payload: { ref: 'refs/heads/main' } });
  await fetch(`${daemon.origin}${path}`, { method: 'POST', body: '{"forged":true}' });
  return id;
}

/** A program wants a task that only a person may allow. */
async function askedFor(daemon: RealDaemon, folder: string): Promise<string> {
  const { text } = (await ask(daemon, 'POST', '/keys', {
    name: 'assistant on the laptop',
    scopes: ['tasks:read', 'tasks:write'],
  })) as { readonly text: string };
  const asked = (await ask({ ...daemon, token: text }, 'POST', '/tasks', {
    name: 'Clean the downloads',
    when: 'every sunday at 20:00',
    action: { kind: 'command', command: 'find ~/Downloads -mtime +30 -delete', cwd: folder },
  })) as { readonly approval_id: string };
  return asked.approval_id;
}

/** Starts a run and waits until it is in one of the states. */
async function runOnce(
  daemon: RealDaemon,
  task: string,
  states: readonly string[],
): Promise<string> {
  const { id } = (await ask(daemon, 'POST', `/tasks/${task}/runs`)) as Made;
  for (let tried = 0; tried < 200; tried += 1) {
    const run = (await ask(daemon, 'GET', `/runs/${id}`)) as { readonly state: string };
    if (states.includes(run.state)) return id;
    await sleep(50);
  }
  throw new Error(`The run ${id} does not come to be ${states.join(' or ')}.`);
}

async function newestRun(daemon: RealDaemon, task: string): Promise<string> {
  const { runs } = (await ask(daemon, 'GET', `/runs?task=${task}&limit=1`)) as {
    readonly runs: readonly Made[];
  };
  return runs[0]?.id ?? '';
}

/** As if the daemon had not run for some hours. */
function layDueBack(db: DatabaseSync, task: string): void {
  for (const column of ['covered_until', 'next_for', 'next_due_at', 'due_at']) {
    db.prepare(`update due set ${column} = ${column} - ? where task_id = ?`).run(AWAY_MS, task);
  }
}

function layLongRunBack(file: string, run: string): void {
  const db = new DatabaseSync(file, { timeout: 5_000 });
  for (const column of ['created_at', 'ready_at', 'started_at']) {
    db.prepare(`update run set ${column} = ${column} - ? where id = ?`).run(LONG_MS, run);
  }
  db.prepare('update run_attempt set started_at = started_at - ? where run_id = ?').run(
    LONG_MS,
    run,
  );
  db.close();
}

function screensOf(ids: Readonly<Record<string, string>>): readonly Shown[] {
  const task = (part: string) => `/tasks/${ids['triage'] ?? ''}${part}`;
  const run = (name: string, part = '') => `/runs/${ids[name] ?? ''}${part}`;
  return [
    { name: 'now', path: '/' },
    { name: 'tasks', path: '/tasks' },
    { name: 'tasks-week', path: '/tasks?view=week' },
    { name: 'tasks-timeline', path: '/tasks?view=timeline' },
    { name: 'task-runs', path: task('') },
    { name: 'task-schedule', path: task('/schedule') },
    { name: 'task-definition', path: task('/definition') },
    { name: 'task-versions', path: `/tasks/${ids['cache'] ?? ''}/versions` },
    { name: 'task-statistics', path: `/tasks/${ids['backup'] ?? ''}/statistics` },
    { name: 'task-failing', path: `/tasks/${ids['backup'] ?? ''}` },
    { name: 'task-missed', path: `/tasks/${ids['cache'] ?? ''}` },
    { name: 'task-paused', path: `/tasks/${ids['reminder'] ?? ''}` },
    { name: 'task-new', path: '/tasks/new' },
    { name: 'task-edit', path: task('/edit') },
    { name: 'runs', path: '/runs' },
    { name: 'run-agent', path: run('triaged') },
    { name: 'run-output', path: run('triaged', '/output') },
    { name: 'run-calls', path: run('triaged', '/calls') },
    { name: 'run-input', path: run('triaged', '/input') },
    { name: 'run-attempts', path: run('triaged', '/attempts') },
    { name: 'run-compare', path: run('failedRun', '/compare') },
    { name: 'run-raw', path: run('triaged', '/raw') },
    { name: 'run-failed', path: run('failedRun') },
    { name: 'run-asking', path: run('asked') },
    { name: 'run-limited', path: run('limitedRun') },
    { name: 'run-long', path: run('longRun') },
    { name: 'inbox', path: '/inbox' },
    { name: 'welcome', path: '/welcome' },
    { name: 'quick-run', path: '/quick-run' },
    { name: 'webhooks', path: '/webhooks' },
    { name: 'webhook', path: `/webhooks/${ids['hook'] ?? ''}` },
    { name: 'secrets', path: '/secrets' },
    { name: 'connections', path: '/connections' },
    { name: 'notifications', path: '/notifications' },
    { name: 'settings', path: '/settings' },
    { name: 'settings-data', path: '/settings/data' },
    { name: 'settings-audit', path: '/settings/audit' },
    { name: 'approvals', path: '/approvals' },
    { name: 'approval', path: `/approvals/${ids['approval'] ?? ''}` },
  ];
}
