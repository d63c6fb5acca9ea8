import { describe, expect, it } from 'vitest';
import type { Approval } from '../../../src/domain/policy/approval.ts';
import { FIRST_HASH, firstBroken } from '../../../src/domain/policy/audit-entry.ts';
import { owner } from '../../../src/domain/principal.ts';
import { manualRun } from '../fixtures.ts';
import { withStore } from './world.ts';
import type { OpenStore, World } from './world.ts';

const ITEM = {
  kind: 'approval',
  namespace: 'native',
  taskId: undefined,
  taskName: undefined,
  runId: undefined,
  title: 'May this be done?',
  body: '',
  notice: { channels: [], level: 'warning', sound: undefined },
  deliveries: [],
  isTold: true,
} as const;

function approvalOf({ ids, now }: World, changes: Partial<Approval> = {}): Approval {
  return {
    id: `appr_${ids.runId().slice(4)}`,
    verb: 'create_task',
    act: 'create_action',
    principal: { ...owner('c 1'), kind: 'remote_client', id: 'assistant' },
    content: [{ name: 'job', nested: [1, null, 'ü'] }],
    contentHash: 'a'.repeat(64),
    title: 'make a task',
    state: 'pending',
    createdAt: now(),
    expiresAt: now().add({ hours: 1 }),
    decidedAt: undefined,
    decidedBy: undefined,
    outcome: undefined,
    ...changes,
  };
}

function ask({ store }: World, approval: Approval, pendingMax = 10) {
  return store.approvals.ask(approval, { ...ITEM, cause: approval.id }, pendingMax);
}

function describeApprovals(open: OpenStore): void {
  describe('approvals', () => {
    it('are kept as they were asked for, with an item in the inbox', () =>
      withStore(open, async (world) => {
        const approval = approvalOf(world);
        expect(await ask(world, approval)).toEqual(approval);
        expect(await world.store.approvals.get(approval.id)).toEqual(approval);
        expect(await world.store.inbox.countUnread('all')).toBe(1);
        expect(world.changes()).toEqual(['inbox.added']);
      }));

    it('are one for the same content of the same principal, while it waits', () =>
      withStore(open, async (world) => {
        const first = approvalOf(world);
        await ask(world, first);
        expect(await ask(world, approvalOf(world))).toEqual(first);
        const other = { ...first.principal, id: 'another' };
        const foreign = approvalOf(world, { principal: other });
        expect(await ask(world, foreign)).toEqual(foreign);
        world.clock.advance(3_600_000);
        const later = approvalOf(world);
        expect(await ask(world, later)).toEqual(later);
        const { items } = await world.store.approvals.list(undefined, 10, undefined);
        expect(items.map(({ id }) => id)).toEqual([later.id, foreign.id, first.id]);
      }));

    it('are no more than so many for one principal', () =>
      withStore(open, async (world) => {
        await ask(world, approvalOf(world, { contentHash: '1' }), 2);
        await ask(world, approvalOf(world, { contentHash: '2' }), 2);
        expect(await ask(world, approvalOf(world, { contentHash: '3' }), 2)).toBe('too_many');
      }));

    it('are decided once, before they expire, which settles the item', () =>
      withStore(open, async (world) => {
        const { store, now } = world;
        const approval = approvalOf(world);
        await ask(world, approval);
        const decide = () => store.approvals.decide(approval.id, 'approved', 'ada', now());
        const decisions = await Promise.all([decide(), decide(), decide()]);
        const decided = { ...approval, state: 'approved', decidedAt: now(), decidedBy: 'ada' };
        expect(decisions.filter((one) => one !== undefined)).toEqual([decided]);
        expect(await store.inbox.countUnread('all')).toBe(0);
        await store.approvals.conclude(approval.id, 'It was made.');
        expect((await store.approvals.get(approval.id))?.outcome).toBe('It was made.');
        const late = approvalOf(world, { contentHash: 'late' });
        await ask(world, late);
        world.clock.advance(3_600_000);
        expect(await store.approvals.decide(late.id, 'approved', 'ada', now())).toBeUndefined();
      }));
  });
}

function describeAudit(open: OpenStore): void {
  describe('the audit trail', () => {
    it('chains its entries, also those that come at the same time', () =>
      withStore(open, async ({ store, now }) => {
        const entry = (verb: string, principalId = 'ada') => ({
          at: now(),
          principalKind: 'person' as const,
          principalId,
          client: undefined,
          parentRunId: undefined,
          from: 'http 127.0.0.1',
          verb,
          subject: undefined,
          verdict: 'done' as const,
          detail: '{"a":1}',
        });
        const verbs = ['a', 'b', 'c', 'd'];
        await Promise.all(verbs.map((verb) => store.audit.append(entry(verb))));
        await store.audit.append(entry('a', 'bob'));
        const entries = await store.audit.listAfter(0, 10);
        expect(entries).toHaveLength(5);
        expect(await firstBroken(entries, FIRST_HASH)).toBeUndefined();
        const filter = { principal: 'ada', verb: undefined, verdict: undefined };
        const page = await store.audit.list(filter, 3, undefined);
        expect(page.items).toHaveLength(3);
        const rest = await store.audit.list(filter, 3, page.cursor);
        expect([...page.items, ...rest.items].map(({ id }) => id)).toEqual([4, 3, 2, 1]);
        expect(await store.audit.countDone('ada', 'a', now())).toBe(1);
        const later = now().add({ seconds: 1 });
        expect(await store.audit.countDone('ada', 'a', later)).toBe(0);
      }));
  });
}

function describeStandstill(open: OpenStore): void {
  describe('a standstill', () => {
    it('lets no run be taken until it ends, and is begun once', () =>
      withStore(open, async ({ store, ids, now, addTask, take, changes }) => {
        const task = await addTask();
        await store.insertRun(manualRun(ids, task, now()), now(), undefined);
        changes();
        const standstill = { at: now(), by: 'ada', reason: undefined };
        await store.standstill.begin(standstill);
        await store.standstill.begin({ ...standstill, by: 'bob', reason: 'too' });
        expect(await store.standstill.get()).toEqual(standstill);
        expect(await take()).toEqual([]);
        expect(await store.standstill.end(now())).toBe(true);
        expect(await store.standstill.end(now())).toBe(false);
        expect(await store.standstill.get()).toBeUndefined();
        expect(changes()).toEqual(['daemon.stopped', 'daemon.resumed']);
        expect(await take()).toHaveLength(1);
      }));
  });
}

export function describePolicy(open: OpenStore): void {
  describeApprovals(open);
  describeAudit(open);
  describeStandstill(open);
}
