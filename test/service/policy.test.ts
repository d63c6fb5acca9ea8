import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandAction, ReminderAction } from '../../src/domain/action.ts';
import { PendingApproval } from '../../src/domain/policy/approval.ts';
import { owner, type Principal } from '../../src/domain/principal.ts';
import { draft, openBench, type Bench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench('2026-11-11T12:00:00Z', { quotas: { tasks: 3, runsPerHour: 2 } });
});
afterEach(() => bench.close());

const REMOTE: Principal = {
  ...owner('assistant 1.0'),
  kind: 'remote_client',
  id: 'assistant',
  scopes: ['tasks:read', 'tasks:write', 'tasks:run'],
  from: 'http 203.0.113.7',
};

const REMINDER: ReminderAction = {
  kind: 'reminder',
  title: 'Tea',
  body: '',
  channels: [],
  sound: undefined,
};

function command(...argv: [string, ...string[]]): CommandAction {
  return {
    kind: 'command',
    program: { kind: 'argv', argv },
    cwd: undefined,
    env: { TOKEN: { kind: 'text', text: 'very-secret' } },
    stdin: undefined,
  };
}

async function pending(work: Promise<unknown>): Promise<PendingApproval> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof PendingApproval) return error;
  throw new Error(`It did not wait: ${String(error)}`);
}

async function trail(): Promise<readonly string[]> {
  const { items } = await bench.services.listAudit({});
  return items
    .toReversed()
    .map(({ principalId, verb, verdict }) => `${principalId} ${verb} ${verdict}`);
}

describe('what a remote client asks for', () => {
  it('is done at once when it is harmless, and waits for a person when it is not', async () => {
    const services = bench.as(REMOTE);
    await services.createTask(draft({ name: 'tea', action: REMINDER }));
    await services.pauseTask('tea');
    await services.updateTask('tea', { when: 'every 2h' });
    const { approval } = await pending(services.createTask(draft({ name: 'job' })));
    expect(approval.title).toMatch(/^make the task "job": /);
    await expect(bench.services.getTask('job')).rejects.toThrow(/no task/);
    const { items } = await bench.services.listInbox({});
    expect(items).toMatchObject([{ kind: 'approval', cause: approval.id }]);
    expect(await trail()).toEqual([
      'assistant create_task done',
      'assistant pause_task done',
      'assistant update_task done',
      'assistant create_task asked',
    ]);
  });

  it('is done exactly as it was asked, in its name, once, when a person approves', async () => {
    const services = bench.as(REMOTE);
    const wanted = draft({ name: 'job', action: command('echo', '1') });
    const { approval } = await pending(services.createTask(wanted));
    // The same again is the same approval; anything else is another one.
    expect((await pending(services.createTask(wanted))).approval.id).toBe(approval.id);
    const other = draft({ name: 'job', action: command('echo', '2') });
    expect((await pending(services.createTask(other))).approval.id).not.toBe(approval.id);
    const { contentHash } = approval;
    const wrong = { decision: 'approve', contentHash: '0'.repeat(64) } as const;
    await expect(bench.services.decideApproval(approval.id, wrong)).rejects.toThrow(/hash/);
    const decision = { decision: 'approve', contentHash } as const;
    const decided = await bench.services.decideApproval(approval.id, decision);
    expect(decided).toMatchObject({ state: 'approved', decidedBy: 'owner' });
    expect(decided.outcome).toMatch(/^The task task_\w+ was made\.$/);
    const { task } = await bench.services.getTask('job');
    expect(task.origin).toMatchObject({ principal: 'assistant', client: 'assistant 1.0' });
    expect(task.definition.action).toEqual(command('echo', '1'));
    await expect(bench.services.decideApproval(approval.id, decision)).rejects.toThrow(
      /decided before/,
    );
    expect((await bench.services.listInbox({})).items.map(({ cause }) => cause)).not.toContain(
      approval.id,
    );
    const text = JSON.stringify((await bench.services.listAudit({})).items);
    expect(text).toContain('echo');
    expect(text).not.toContain('very-secret');
  });

  it('can be approved by a person alone', async () => {
    const services = bench.as(REMOTE);
    const { approval } = await pending(services.createTask(draft({ name: 'job' })));
    const decision = { decision: 'approve', contentHash: approval.contentHash } as const;
    for (const kind of ['api_key', 'machine', 'remote_client', 'agent_run'] as const) {
      const program = bench.as({ ...owner('x'), kind, id: `a ${kind}` });
      await expect(program.decideApproval(approval.id, decision)).rejects.toThrow(/policy/);
    }
    await expect(services.getApproval(approval.id)).rejects.toThrow(/scope "admin"/);
    const person = bench.as({ ...owner('browser'), kind: 'person', id: 'ada' });
    const denied = await person.decideApproval(approval.id, { decision: 'deny' });
    expect(denied).toMatchObject({ state: 'denied', decidedBy: 'ada' });
    await expect(bench.services.decideApproval(approval.id, decision)).rejects.toThrow(/before/);
    expect(await trail()).toContain('a api_key decide_approval refused');
    expect(await trail()).toContain('ada decide_approval done');
  });

  it('cannot be approved any more when it has expired, or the task has changed', async () => {
    const services = bench.as(REMOTE);
    const { approval } = await pending(services.createTask(draft({ name: 'late' })));
    await bench.services.createTask(draft({ name: 'mine' }));
    const edit = { action: command('rm', '-rf', '/') };
    const changed = (await pending(services.updateTask('mine', edit))).approval;
    await bench.services.updateTask('mine', { description: 'changed meanwhile' });
    const { contentHash } = changed;
    const decided = await bench.services.decideApproval(changed.id, {
      decision: 'approve',
      contentHash,
    });
    expect(decided.outcome).toMatch(/It was not done: .* has revision 2 by now/);
    bench.clock.advance(8 * 86_400_000);
    const late = { decision: 'approve', contentHash: approval.contentHash } as const;
    await expect(bench.services.decideApproval(approval.id, late)).rejects.toThrow(/expired/);
  });

  it('is refused at once when it would be refused afterwards', async () => {
    const reader = bench.as({ ...REMOTE, scopes: ['tasks:read'] });
    await expect(reader.createTask(draft({ name: 'job' }))).rejects.toThrow(/tasks:write/);
    const services = bench.as(REMOTE);
    const wrong = draft({ name: 'job', action: { ...command('x'), cwd: 'relative' } });
    await expect(services.createTask(wrong)).rejects.toThrow(/absolute|relative/);
    expect((await bench.services.listApprovals({})).items).toEqual([]);
  });

  it('waits in no more than so many requests', async () => {
    const services = bench.as(REMOTE);
    for (let count = 0; count < 20; count += 1) {
      await pending(services.createTask(draft({ name: `job ${count}` })));
    }
    const more = draft({ name: 'one more' });
    await expect(services.createTask(more)).rejects.toThrow(/20 requests of yours wait/);
  });

  it('comes to an end at the quotas, which do not hold for people', async () => {
    const services = bench.as(REMOTE);
    for (const name of ['a', 'b', 'c']) {
      await services.createTask(draft({ name, action: REMINDER }));
    }
    const more = draft({ name: 'd', action: REMINDER });
    await expect(services.createTask(more)).rejects.toThrow(/have 3 tasks that have not ended/);
    await bench.services.createTask(more);
    const run = { task: 'a', overlap: 'allow' } as const;
    await services.runTask(run);
    await services.runTask(run);
    await expect(services.runTask(run)).rejects.toThrow(/2 runs within an hour/);
    bench.clock.advance(61 * 60_000);
    await services.runTask(run);
  });
});

describe('a daemon that is read only', () => {
  it('refuses every change, also to its owner, and can be stopped', async () => {
    await bench.close();
    bench = await openBench('2026-11-11T12:00:00Z', { isReadOnly: true });
    await expect(bench.services.createTask(draft({}))).rejects.toThrow(/read only/);
    expect((await bench.services.listTasks({})).items).toEqual([]);
    await bench.services.stopAll();
  });
});

describe('the audit trail', () => {
  it('tells before and after of what was changed, and from where', async () => {
    const services = bench.as({ ...owner('cli'), from: 'http 127.0.0.1' });
    const { task } = await services.createTask(draft({ name: 'job', action: command('a') }));
    await services.updateTask('job', { action: command('b') });
    await services.deleteTask('job');
    const { items } = await bench.services.listAudit({ verb: 'update_task' });
    expect(items).toMatchObject([{ subject: task.id, from: 'http 127.0.0.1', client: 'cli' }]);
    const detail = JSON.parse(items[0]?.detail ?? '') as Record<string, unknown>;
    expect(detail).toMatchObject({
      before: {
        revision: 1,
        action: { program: { argv: ['a'] }, env: { TOKEN: { text: '***' } } },
      },
      after: { revision: 2, action: { program: { argv: ['b'] } } },
    });
    expect(await bench.services.checkAudit()).toEqual({ checked: 3, brokenAt: undefined });
  });

  it('holds what was refused, and no value of a secret', async () => {
    const reader = bench.as({ ...REMOTE, scopes: ['tasks:read'] });
    await expect(reader.setSecret('KEY', 'very-secret')).rejects.toThrow(/policy/);
    await bench.services.setSecret('KEY', 'very-secret');
    expect(await trail()).toEqual(['assistant set_secret refused', 'owner set_secret done']);
    expect(JSON.stringify((await bench.services.listAudit({})).items)).not.toContain('very-secret');
    await expect(reader.listAudit({})).rejects.toThrow(/admin/);
  });
});

describe('stopping everything', () => {
  it('cancels what is in progress and lets nothing start until it is resumed', async () => {
    await bench.services.createTask(draft({ name: 'job', policies: { overlap: 'allow' } }));
    const run = await bench.services.runTask({ task: 'job' });
    expect(await bench.take()).toHaveLength(1);
    const waiting = await bench.services.runTask({ task: 'job' });
    const { cancelled } = await bench.services.stopAll('it runs wild');
    expect(cancelled).toBe(1);
    expect((await bench.services.getRun(run.id)).run.cancelRequestedAt).toBeDefined();
    expect(await bench.take()).toEqual([]);
    const { standstill } = await bench.services.getStatus();
    expect(standstill).toMatchObject({ by: 'owner', reason: 'it runs wild' });
    // Asked again, it stays as it was.
    await bench.services.stopAll('again');
    expect((await bench.services.getStatus()).standstill?.reason).toBe('it runs wild');
    expect(await bench.services.resumeAll()).toBe(true);
    expect(await bench.services.resumeAll()).toBe(false);
    expect((await bench.take()).map((claim) => claim.run.id)).toEqual([waiting.id]);
  });
});
