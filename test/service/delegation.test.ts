import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plainAgent, type AgentAction } from '../../src/domain/action.ts';
import { NO_BUDGET, type Budget } from '../../src/domain/budget/budget.ts';
import { USUAL_DELEGATION, type Delegation } from '../../src/domain/delegation.ts';
import { EVERYTHING } from '../../src/domain/policy/policy.ts';
import type { RunId } from '../../src/domain/id.ts';
import { owner, type Principal } from '../../src/domain/principal.ts';
import type { Services } from '../../src/service/services.ts';
import { draft, openBench, type Bench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  // What holds whatever the policy says.
  bench = await openBench('2026-11-11T12:00:00Z', { policy: EVERYTHING });
});
afterEach(() => bench.close());

const BUDGET: Budget = { ...NO_BUDGET, usdPerRun: 1, usdPerDay: 3 };

function agent(delegation: Partial<Delegation> = {}, env: AgentAction['env'] = {}): AgentAction {
  return {
    ...plainAgent('claude', 'Look.', undefined),
    env,
    delegation: { ...USUAL_DELEGATION, ...delegation },
  };
}

/** Begins a run of the task, and acts for it. */
async function inside(task: string): Promise<Services> {
  const { id } = await bench.services.runTask({ task, overlap: 'allow' });
  const claim = (await bench.take()).find(({ run }) => run.id === id);
  if (claim === undefined) throw new Error('No run was ready.');
  return bench.as(runPrincipal(claim.run.id));
}

function runPrincipal(id: RunId): Principal {
  return {
    kind: 'agent_run',
    id: `agent ${id}`,
    scopes: ['tasks:read', 'tasks:write', 'tasks:run'],
    client: undefined,
    parentRunId: id,
    namespace: 'native',
  };
}

async function addParent(
  delegation: Partial<Delegation> = {},
  env: AgentAction['env'] = {},
): Promise<void> {
  await bench.services.createTask(
    draft({
      name: 'parent',
      action: agent(delegation, env),
      tags: ['research'],
      policies: { budget: BUDGET, overlap: 'allow' },
    }),
  );
}

describe('a run of an agent that schedules', () => {
  it('makes tasks that may use no more than its own', async () => {
    await addParent();
    const services = await inside('parent');
    const child = await services.createTask(
      draft({
        name: 'child',
        policies: { budget: { ...NO_BUDGET, usdPerRun: 5, tokensPerRun: 100 } },
      }),
    );
    expect(child.task.definition.tags).toEqual(['research']);
    const { budget } = child.task.definition.policies;
    expect(budget).toEqual({ ...BUDGET, tokensPerRun: 100 });
  });

  it('cannot raise the budget of what it made, nor leave a tag', async () => {
    await addParent();
    const services = await inside('parent');
    await services.createTask(draft({ name: 'child' }));
    const edits = [
      { policies: { budget: { ...BUDGET, usdPerRun: 2 } } },
      { policies: { budget: { ...NO_BUDGET, usdPerRun: 1 } } },
      { policies: { budget: NO_BUDGET } },
      { tags: [] },
    ];
    for (const edit of edits) {
      await expect(services.updateTask('child', edit)).rejects.toThrow(/may not widen a budget/);
    }
    const tighter = { policies: { budget: { ...BUDGET, usdPerRun: 0.5 } } };
    const { task } = await services.updateTask('child', tighter);
    expect(task.definition.policies.budget?.usdPerRun).toBe(0.5);
  });

  it('changes, starts and stops only what runs of its own task have made', async () => {
    await addParent();
    await bench.services.createTask(draft({ name: 'other' }));
    const services = await inside('parent');
    const { id } = await bench.services.runTask({ task: 'other' });
    const acts: readonly ((task: string) => Promise<unknown>)[] = [
      (task) => services.updateTask(task, { description: 'mine now' }),
      (task) => services.pauseTask(task),
      (task) => services.resumeTask(task),
      (task) => services.deleteTask(task),
      (task) => services.runTask({ task }),
    ];
    for (const act of acts) {
      for (const task of ['parent', 'other']) {
        await expect(act(task)).rejects.toThrow(/only tasks that runs of its own task have made/);
      }
    }
    await expect(services.cancelRun(id)).rejects.toThrow(/only tasks that runs/);
    await services.createTask(draft({ name: 'child', policies: { overlap: 'allow' } }));
    // Another run of the same task goes on with what the first one made.
    const later = await inside('parent');
    await later.updateTask('child', { description: 'mine' });
    await later.pauseTask('child');
    await later.resumeTask('child');
    const run = await later.runTask({ task: 'child' });
    expect((await later.cancelRun(run.id)).state).toBe('cancelled');
    await later.deleteTask('child');
  });

  it('has an end for everything it makes, which no edit of its own moves', async () => {
    await addParent({ lifetimeMs: 3_600_000 });
    const services = await inside('parent');
    const { task } = await services.createTask(
      draft({ name: 'child', when: 'every 5m', whenOptions: { end: '2027-01-01' } }),
    );
    const endsAt = Temporal.Instant.from('2026-11-11T13:00:00Z');
    expect(task.lineage).toEqual({ parentTaskId: expect.anything(), depth: 1, endsAt });
    expect(task.definition.schedule?.endAt).toEqual(endsAt);
    bench.clock.advance(50 * 60_000);
    const edited = await services.updateTask('child', { when: 'every 2m' });
    expect(edited.task.definition.schedule?.endAt).toEqual(endsAt);
    const endless = { removesSchedule: true };
    await expect(services.updateTask('child', endless)).rejects.toThrow(/must end by itself/);
    await expect(services.createTask(draft({ name: 'late', when: 'in 2 days' }))).rejects.toThrow(
      /Nothing would ever run/,
    );
    await expect(services.createTask(draft({ name: 'often', when: 'every 59s' }))).rejects.toThrow(
      /the least is 1m/,
    );
  });

  it('makes no more than so many, and its task has no more than so many alive', async () => {
    await addParent({ tasksPerRun: 2, tasksAlive: 3 });
    const services = await inside('parent');
    await services.createTask(draft({ name: 'one' }));
    await services.createTask(draft({ name: 'two' }));
    await services.deleteTask('two');
    const three = draft({ name: 'three' });
    await expect(services.createTask(three)).rejects.toThrow(/has made 2 tasks/);
    const second = await inside('parent');
    await second.createTask(three);
    await second.createTask(draft({ name: 'four' }));
    const third = await inside('parent');
    const five = draft({ name: 'five' });
    await expect(third.createTask(five)).rejects.toThrow(/made 3 tasks that have not ended/);
    await third.deleteTask('one');
    await third.createTask(five);
  });

  it('hands on a tighter delegation only, down to a depth', async () => {
    await addParent({ depth: 1, tasksPerRun: 2 });
    const services = await inside('parent');
    const wide = agent({ depth: 5, tasksPerRun: 50, lifetimeMs: 300 * 86_400_000 });
    const { task } = await services.createTask(draft({ name: 'child', action: wide }));
    expect(task.definition.action).toMatchObject({
      delegation: {
        depth: 1,
        tasksPerRun: 2,
        lifetimeMs: USUAL_DELEGATION.lifetimeMs,
        scopes: ['tasks:read', 'tasks:write', 'tasks:run'],
      },
    });
    const below = await inside('child');
    await expect(below.createTask(draft({ name: 'grandchild' }))).rejects.toThrow(/depth .* 1\./);
  });

  it('grants no secret that its own task is not granted', async () => {
    await addParent({}, { KEY: { kind: 'secret', secret: 'mine' } });
    const services = await inside('parent');
    const granting = (secret: string) =>
      draft({
        name: secret,
        action: agent({}, { KEY: { kind: 'secret', secret } }),
      });
    await services.createTask(granting('mine'));
    await expect(services.createTask(granting('prod'))).rejects.toThrow(/"prod" is none of them/);
    await expect(services.setSecret('mine', 'x')).rejects.toThrow(/needs the scope "admin"/);
  });

  it('leaves the inbox and the channels to people', async () => {
    await addParent();
    const services = await inside('parent');
    await expect(services.settleInboxItem(1, { kind: 'done' })).rejects.toThrow(/for a person/);
    const { signal } = new AbortController();
    await expect(services.sendTestNotice(undefined, signal)).rejects.toThrow(/for a person/);
  });

  it('may nothing once its task has no delegation any more', async () => {
    await addParent();
    const services = await inside('parent');
    await bench.services.updateTask('parent', { action: plainAgent('claude', 'Look.', undefined) });
    const child = draft({ name: 'child' });
    await expect(services.createTask(child)).rejects.toThrow(/does not let its runs make/);
    await bench.services.deleteTask('parent');
    await expect(services.createTask(child)).rejects.toThrow(/no longer there/);
  });
});

describe('a delegation', () => {
  it('hands on no scope that its author has not', async () => {
    const scopes = ['tasks:read', 'tasks:write'] as const;
    const author: Principal = { ...owner('test'), kind: 'api_key', id: 'key', scopes };
    const { task } = await bench.as(author).createTask(draft({ action: agent() }));
    expect(task.definition.action).toMatchObject({ delegation: { scopes } });
  });

  it.each([
    [{ depth: 6 }, /"delegation.depth" is 6/],
    [{ tasksPerRun: 0 }, /"delegation.tasks" is 0/],
    [{ tasksAlive: 1_000 }, /"delegation.alive" is 1000/],
    [{ lifetimeMs: 1_000 }, /"delegation.lifetime" is 1s/],
  ])('refuses %j', async (changes, message) => {
    const wrong = draft({ action: agent(changes) });
    await expect(bench.services.createTask(wrong)).rejects.toThrow(message);
  });
});
