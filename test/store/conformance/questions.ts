import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/domain/outcome.ts';
import type { Claim } from '../../../src/domain/run.ts';
import { newQuestion, type Question } from '../../../src/domain/success/question.ts';
import { questionItem } from '../../../src/domain/success/question-item.ts';
import { settleQuestion, settleUnanswered } from '../../../src/domain/success/settle-question.ts';
import { manualRun } from '../fixtures.ts';
import { RESULT, withStore, type OpenStore, type World } from './world.ts';

const VERDICT = { kind: 'needs_human', summary: 'Which one?' } as const;
const ANSWERED: Outcome = {
  kind: 'succeeded',
  result: { ...RESULT, success: { verdict: VERDICT, checks: [] } },
};

async function claimOne(world: World, changes: object = {}): Promise<Claim> {
  const task = await world.addTask(changes);
  await world.store.insertRun(
    manualRun(world.ids, task, world.now(), { overlap: 'allow' }),
    world.now(),
    undefined,
  );
  const [claim] = await world.take();
  if (claim === undefined) throw new Error('No run was ready.');
  return claim;
}

function question(world: World, claim: Claim, byDefault?: string): Question {
  const ask = { deadlineMs: 60_000, byDefault };
  return newQuestion({ kind: 'work' }, 'Which one?', claim.run.attempt, ask, world.now());
}

async function ask(
  world: World,
  claim: Claim,
  byDefault?: string,
  counts = true,
): Promise<Question> {
  const asked = question(world, claim, byDefault);
  const transition = { to: 'waiting', question: asked, counts } as const;
  const item = questionItem(claim.run, asked, []);
  await world.store.finishAttempt(claim, ANSWERED, transition, world.now(), item);
  return asked;
}

async function unread(world: World): Promise<number> {
  return world.store.inbox.countUnread('all');
}

export function describeQuestions(open: OpenStore): void {
  describe('a run that asks a person', () => {
    it('keeps the steps of an attempt with the attempt, and not with the run', () =>
      withStore(open, async (world) => {
        const { store } = world;
        const claim = await claimOne(world);
        const at = world.now();
        const call = { tool: 'Bash', input: 'ls', isDenied: true, startedAt: at, endedAt: at };
        const begun = { ...call, isDenied: false, input: undefined, endedAt: undefined };
        const work = { begunAt: at, asked: 'paint', calls: [call, begun] };
        const outcome = { kind: 'succeeded', result: { ...RESULT, work } } as const;
        await store.finishAttempt(claim, outcome, { to: 'succeeded' }, at);
        const [attempt] = await store.listAttempts(claim.run.id);
        const kept = attempt?.result?.work;
        expect(kept?.begunAt.equals(at)).toBe(true);
        expect(kept?.calls[0]?.endedAt?.equals(at)).toBe(true);
        expect(kept).toMatchObject({
          asked: 'paint',
          calls: [
            { tool: 'Bash', input: 'ls', isDenied: true },
            { tool: 'Bash', isDenied: false },
          ],
        });
        expect(kept?.calls[1]?.endedAt).toBeUndefined();
        expect((await store.getRun(claim.run.id))?.result).toEqual(RESULT);
      }));

    it('waits with its question and its result, without a worker, and is in the inbox', () =>
      withStore(open, async (world) => {
        const { store } = world;
        const claim = await claimOne(world);
        world.changes();
        const asked = await ask(world, claim);
        expect(world.changes()).toEqual(['run.waiting', 'inbox.added']);
        expect(await store.getRun(claim.run.id)).toMatchObject({
          state: 'waiting',
          stateReason: 'it asks a person',
          attempt: 1,
          attemptsMax: 2,
          questions: [asked],
          result: { success: { verdict: VERDICT } },
        });
        expect((await store.countStates('all')).runs.waiting).toBe(1);
        expect(await world.take()).toEqual([]);
        expect(await store.nextWakeAt()).toMatchObject({ readyAt: undefined });
        expect(await store.listAbandonedRuns('another', true, world.now(), 10)).toEqual([]);
        const [item] = (
          await store.inbox.list({ namespace: 'all', states: undefined }, 5, undefined)
        ).items;
        expect(item).toMatchObject({
          kind: 'question',
          runId: claim.run.id,
          state: { kind: 'unread' },
        });
      }));

    it('goes on with the first answer, once, and its item is settled', () =>
      withStore(open, async (world) => {
        const { store } = world;
        const claim = await claimOne(world);
        const asked = await ask(world, claim);
        const { id } = claim.run;
        const settled = settleQuestion(asked, 'the red one', 'owner', world.now());
        expect(await store.replyToRun(id, 2, settled)).toBe(false);
        world.changes();
        expect(await store.replyToRun(id, 1, settled)).toBe(true);
        expect([...world.changes()].sort()).toEqual(['inbox.changed', 'run.queued']);
        expect(await store.replyToRun(id, 1, settled)).toBe(false);
        expect(await unread(world)).toBe(0);
        const [again] = await world.take();
        expect(again?.run).toMatchObject({ id, state: 'running', attempt: 2 });
        expect(again?.run.questions[0]?.reply).toEqual({
          text: 'the red one',
          by: 'owner',
          at: settled.reply.at,
          allowance: undefined,
        });
      }));

    it('leaves no attempt behind when the attempt began nothing', () =>
      withStore(open, async (world) => {
        const claim = await claimOne(world);
        await ask(world, claim, undefined, false);
        expect(await world.store.listAttempts(claim.run.id)).toEqual([]);
        expect(await world.store.getRun(claim.run.id)).toMatchObject({
          attempt: 0,
          attemptsMax: 1,
        });
      }));

    it('is listed when its time is over, and takes its default or fails', () =>
      withStore(open, async (world) => {
        const { store, clock } = world;
        const one = await claimOne(world);
        const first = await ask(world, one, 'the blue one');
        clock.advance(1_000);
        const other = await claimOne(world);
        const second = await ask(world, other);
        clock.advance(58_999);
        expect(await store.listUnanswered(world.now(), 10)).toEqual([]);
        clock.advance(2_000);
        const late = await store.listUnanswered(world.now(), 10);
        expect(late.map(({ id }) => id)).toEqual([one.run.id, other.run.id]);
        await store.replyToRun(one.run.id, 1, settleUnanswered(first, world.now()));
        await store.replyToRun(other.run.id, 1, settleUnanswered(second, world.now()));
        expect(await store.listUnanswered(world.now(), 10)).toEqual([]);
        expect(await store.getRun(one.run.id)).toMatchObject({ state: 'queued' });
        expect(await store.getRun(other.run.id)).toMatchObject({
          state: 'failed',
          stateReason: 'unanswered',
          message: 'It asked a question, and nobody answered in time.',
        });
        expect(await unread(world)).toBe(0);
      }));

    it('ends when it is cancelled, when its deadline passes, and with its task; nobody is asked then', () =>
      withStore(open, async (world) => {
        const { store, clock } = world;
        const one = await claimOne(world);
        await ask(world, one);
        expect(await store.requestCancel(one.run.id, world.now(), 'enough')).toBe('cancelled');
        expect(await unread(world)).toBe(0);

        const late = await claimOne(world, { policies: { deadlineMs: 10_000 } });
        await ask(world, late);
        clock.advance(10_000);
        expect(await store.expireQueuedRuns(world.now(), 10)).toBe(1);
        expect(await store.getRun(late.run.id)).toMatchObject({
          state: 'failed',
          message: 'Its deadline passed while it waited for an answer.',
        });
        expect(await unread(world)).toBe(0);

        const orphan = await claimOne(world);
        await ask(world, orphan);
        const task = await store.findTask({ by: 'id', id: orphan.run.taskId });
        await store.deleteTask(orphan.run.taskId, task?.revision ?? 0, world.now());
        expect(await store.getRun(orphan.run.id)).toMatchObject({ state: 'cancelled' });
        expect(await unread(world)).toBe(0);
        clock.advance(60_000);
        expect(await store.listUnanswered(world.now(), 10)).toEqual([]);
      }));

    it('asks nobody when it was to be cancelled while it worked', () =>
      withStore(open, async (world) => {
        const claim = await claimOne(world);
        await world.store.requestCancel(claim.run.id, world.now(), 'enough');
        await ask(world, claim);
        expect(await world.store.getRun(claim.run.id)).toMatchObject({
          state: 'cancelled',
          questions: [],
        });
        expect(await unread(world)).toBe(0);
      }));
  });
}
