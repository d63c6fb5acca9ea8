import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { carillon } from '../support/real-daemon.ts';
import { openAgentWorld, type AgentWorld, type Fields } from './agent-world.ts';
import type { Step } from './scripted-agent.ts';

let world: AgentWorld;
beforeAll(async () => {
  world = await openAgentWorld();
}, 30_000);
afterAll(() => world.close());
afterEach(async () => {
  const { tasks } = (await world.ask('GET', '/tasks')) as { readonly tasks: readonly Fields[] };
  for (const { id } of tasks) await world.ask('DELETE', `/tasks/${String(id)}`);
});

const REMINDER = { kind: 'reminder', title: 'Look at the report' };

function make(name: string, action: Fields = REMINDER): Step {
  return { tool: 'create_task', input: { name, when: 'in 1h', action } };
}

/** Makes a task, then tries what the limits do not allow. */
const TRIES = [
  { tool: 'create_task', input: { name: 'look', when: 'every day at 09:00', action: REMINDER } },
  { tool: 'update_task', input: { task: 'parent', budget: { usd_per_day: 100 } } },
  { tool: 'update_task', input: { task: 'look', budget: {} } },
  { tool: 'update_task', input: { task: 'parent', action: REMINDER } },
  { tool: 'delete_task', input: { task: 'parent', confirm: 'parent' } },
  { tool: 'update_task', input: { task: 'look', when: 'every 10s' } },
  { tool: 'create_task', input: { name: 'endless', action: REMINDER } },
  { tool: 'run_task', input: { task: 'other' } },
  { method: 'POST', path: '/api/v1/secrets/mine', body: { value: 'x' } },
  { method: 'PUT', path: '/api/v1/secrets/mine', body: { value: 'x' } },
] as const;

describe('an agent that is given the tools of Carillon', () => {
  it('makes a task with its origin, its tighter budget, a depth and an end, and can widen nothing', async () => {
    await world.ask('POST', '/tasks', {
      name: 'other',
      action: { kind: 'command', argv: ['true'] },
    });
    const budget = { usd_per_run: 0.5, usd_per_day: 2 };
    await world.addAgent('parent', TRIES, {}, { budget, tags: ['research'] });
    const run = await world.start('parent');
    expect(await world.ended(run)).toMatchObject({ state: 'succeeded' });
    const [made, ...refused] = await world.said(run);
    expect(made?.isError).toBe(false);
    for (const [index, one] of refused.entries()) {
      const isRefused = one.isError === true || (one.status ?? 0) >= 400;
      expect(isRefused, `${JSON.stringify(TRIES[index + 1])} → ${JSON.stringify(one)}`).toBe(true);
    }
    const { task } = (await world.ask('GET', '/tasks/look')) as { readonly task: Fields };
    const parent = (await world.ask('GET', '/tasks/parent'))['task'] as Fields;
    expect(task).toMatchObject({
      origin: { principal: `agent ${run}`, client: 'scripted-agent 1.0', parent_run: run },
      lineage: { parent_task: parent['id'], depth: 1 },
      policies: { budget: { usd_per_run: 0.5, usd_per_day: 2 } },
      tags: ['research'],
      revision: 1,
    });
    const { ends_at: endsAt } = task['lineage'] as { readonly ends_at: string };
    const left = Temporal.Now.instant().until(Temporal.Instant.from(endsAt));
    expect(left.total('hours')).toBeGreaterThan(7 * 24 - 1);
    expect(left.total('hours')).toBeLessThan(7 * 24);
    expect((task['schedule'] as Fields)['end']).toBe(endsAt);
    expect(parent).toMatchObject({ revision: 1, policies: { budget } });
    const shown = await carillon(['--data', world.daemon.data, 'tasks', 'show', 'look']);
    expect(shown.stdout).toMatch(/Made by +agent run_\w+ · scripted-agent 1\.0 · run_/);
    expect(shown.stdout).toMatch(/Made in +a run of task_\w+, depth 1; ends by /);
  });

  it('makes no more tasks than its task says', async () => {
    const steps = ['one', 'two', 'three'].map((name) => make(name));
    await world.addAgent('parent', steps, { delegation: { tasks: 2, lifetime: '2h' } });
    const run = await world.start('parent');
    await world.ended(run);
    const said = await world.said(run);
    expect(said.map(({ isError }) => isError)).toEqual([false, false, true]);
    expect(said[2]?.text).toMatch(/has made 2 tasks, and may make no more/);
  });

  it('waits for a person with an agent of its own, which has a tighter delegation and a depth', async () => {
    const child = {
      kind: 'agent',
      engine: 'scripted',
      prompt: JSON.stringify([make('grandchild')]),
      cwd: world.folder,
      delegation: { depth: 5, tasks: 50 },
    };
    const delegation = { tasks: 2, depth: 1, lifetime: '2h' };
    await world.addAgent('parent', [make('child', child)], { delegation });
    const run = await world.start('parent');
    await world.ended(run);
    const [asked] = await world.said(run);
    expect(asked).toMatchObject({ isError: false, data: { status: 'pending_approval' } });
    const id = String(asked?.data?.['approval_id']);
    expect((await world.send('GET', '/tasks/child')).status).toBe(404);
    const shown = await carillon(['--data', world.daemon.data, 'approvals', 'show', id]);
    expect(shown.stdout).toMatch(/make the task "child": scripted: /);
    const approved = await carillon(['--data', world.daemon.data, 'approvals', 'approve', id]);
    expect(approved.stdout).toMatch(/^Approved\. The task task_\w+ was made\./);
    const { task } = (await world.ask('GET', '/tasks/child')) as { readonly task: Fields };
    expect(task).toMatchObject({
      origin: { parent_run: run },
      lineage: { depth: 1 },
      action: { delegation: { tasks: 2, alive: 10, depth: 1, lifetime: '2h' } },
    });
    const below = await world.start('child');
    await world.ended(below);
    const [grandchild] = await world.said(below);
    expect(grandchild?.text).toMatch(/depth of what runs make is limited to 1/);
  });

  it('is known by a token that nobody else sees, while its run is in progress and no longer', async () => {
    const go = join(world.folder, 'go');
    await world.addAgent('parent', [
      { say: 'token' },
      { say: 'arguments' },
      { waitFor: go },
      { tool: 'list_tasks', input: {} },
    ]);
    const run = await world.start('parent');
    const [file, token] = await handedOver();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const status = async (): Promise<number> =>
      (
        await fetch(`${world.daemon.origin}/api/v1/tasks`, {
          headers: { authorization: `Bearer ${token}` },
        })
      ).status;
    expect(await status()).toBe(200);
    await expect.poll(async () => (await world.said(run)).length, { timeout: 10_000 }).toBe(2);
    // The agent goes on while the daemon is away, and is known to the next one.
    await world.restart();
    expect(await status()).toBe(200);
    writeFileSync(go, '');
    expect(await world.ended(run)).toMatchObject({ state: 'succeeded' });
    expect(await status()).toBe(401);
    const [saidToken, saidArguments, , listed] = await world.said(run);
    expect(listed?.isError).toBe(false);
    expect(saidToken?.said).toBe('Bearer ***');
    expect(JSON.stringify(saidArguments)).not.toContain('***');
    const kept = JSON.stringify(await world.ask('GET', `/runs/${run}`));
    expect(kept).not.toContain(token);
    for (const name of readdirSync(join(world.daemon.data, 'logs'))) {
      expect(readFileSync(join(world.daemon.data, 'logs', name), 'utf8')).not.toContain(token);
    }
  });

  it('gets none where its task says nothing of it', async () => {
    await world.addAgent('parent', [], { delegation: false });
    const run = await world.ended(await world.start('parent'));
    // Without the file the scripted agent cannot begin.
    expect(run).toMatchObject({ state: 'failed' });
  });

  async function handedOver(): Promise<readonly [file: string, token: string]> {
    const folder = join(world.daemon.data, 'run', 'agents');
    for (;;) {
      const name = readdirSync(folder).find((one) => one.endsWith('.mcp.json'));
      if (name !== undefined) {
        const text = readFileSync(join(folder, name), 'utf8');
        const token = /Bearer (crr_[^"]+)"/.exec(text)?.[1];
        if (token !== undefined) return [join(folder, name), token];
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
});
