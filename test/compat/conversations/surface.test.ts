import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONVERSATIONS, STAND_IN } from '../../../src/compat/conversations/surface.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { failed, succeeded } from '../../support/scripted-executor.ts';
import { openBench, type Bench } from '../../service/bench.ts';
import { openSession, textOf, type Session } from './session.ts';

let bench: Bench;
let session: Session;
beforeEach(async () => {
  bench = await openBench('2026-11-02T08:00:00Z');
  session = openSession(bench);
});
afterEach(() => bench.close());

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TEXT = 'Call {{name}} back, "soon"';
const asked = (changes: JsonObject = {}): JsonObject => ({
  conversationText: TEXT,
  scheduledTime: '2026-11-02T09:00:00Z',
  endpoint: 'https://example.com/callback',
  ...changes,
});
const schedule = (changes: JsonObject = {}) => session.ask('scheduleConversation', asked(changes));
const status = (id: string) => session.ask('getConversationStatus', { conversationId: id });
const cancel = (id: string) => session.ask('cancelConversation', { conversationId: id });
const taskOf = async (id: string) => (await session.services.getTask(id)).task;

describe('scheduling', () => {
  it('answers with a new GUID, and keeps the text for its time as it is', async () => {
    const id = await schedule({ method: 'put', additionalInfo: 'for Ada' });
    expect(id).toMatch(GUID);
    const task = await taskOf(id);
    expect(task).toMatchObject({
      namespace: CONVERSATIONS,
      next: { scheduledFor: Temporal.Instant.from('2026-11-02T09:00:00Z') },
      definition: {
        action: {
          kind: 'message',
          endpoint: 'https://example.com/callback',
          method: 'PUT',
          text: TEXT,
          contentType: 'application/json; charset=utf-8',
          headers: {},
          info: { additionalInfo: 'for Ada' },
        },
        policies: { timeoutMs: 100_000, retry: { attemptsMax: 1 } },
      },
    });
  });

  it('makes a POST of methods that the older system does not send', async () => {
    for (const method of [undefined, null, 'OPTIONS', 'post', 'a b']) {
      const id = await schedule(method === undefined ? {} : { method });
      expect((await taskOf(id)).definition.action).toMatchObject({ method: 'POST' });
    }
  });

  it.each([
    ['2026-11-02T10:30:00+01:00', '2026-11-02T09:30:00Z'],
    ['2026-11-02T09:05:00.123456', '2026-11-02T08:05:00.124Z'],
    ['2026-11-02 09:05:00', '2026-11-02T08:05:00Z'],
    ['2026-11-02T08:00:00.0010000Z', '2026-11-02T08:00:00.001Z'],
  ])(
    'reads %s as the instant it means, local time where no zone is said',
    async (text, instant) => {
      const task = await taskOf(await schedule({ scheduledTime: text }));
      expect(task.next?.scheduledFor.toString()).toBe(instant);
    },
  );

  it.each([
    [{ conversationText: '' }, '"conversationText"'],
    [{ endpoint: '' }, '"endpoint"'],
    [{ endpoint: 'file:///etc/passwd' }, 'not an address'],
    [{ scheduledTime: 'tomorrow' }, 'not a time in ISO 8601'],
    [{ scheduledTime: '2026-11-02T08:00:00Z' }, 'must be in the future'],
    [{ scheduledTime: '2026-11-02T08:59:00' }, 'local time in Europe/Berlin'],
  ])('refuses %j and stores nothing', async (changes, told) => {
    const result = await session.call('scheduleConversation', asked(changes));
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain(told);
    expect((await session.services.listTasks({})).items).toEqual([]);
  });
});

describe('the state of a conversation', () => {
  it.each([
    [succeeded(), 'Completed'],
    [failed(), 'Failed'],
  ])('goes from Scheduled over InProgress to its end', async (outcome, end) => {
    const id = await schedule();
    expect(await status(id)).toBe('Scheduled');
    bench.clock.advance(3_600_000);
    await bench.plan();
    expect(await status(id)).toBe('InProgress');
    const [claim] = await bench.take();
    expect(await status(id)).toBe('InProgress');
    if (claim === undefined) throw new Error('No run is ready.');
    await bench.finish(claim, outcome);
    expect(await status(id)).toBe(end);
    expect(await cancel(id)).toBe('false');
    expect(await status(id)).toBe(end);
  });

  it('is known by a GUID in any form of .NET', async () => {
    const id = await schedule();
    const forms = [id.toUpperCase(), id.replaceAll('-', ''), `{${id}}`, `(${id})`];
    for (const form of forms) expect(await status(form)).toBe('Scheduled');
  });

  it('is refused for what is unknown, and for tasks that are none of its own', async () => {
    const foreign = crypto.randomUUID();
    await bench.services.createTask({
      name: 'native',
      action: {
        kind: 'http',
        method: 'GET',
        url: 'https://example.com',
        headers: {},
        body: undefined,
        expectedStatus: [[200, 299]],
      },
      foreignId: foreign,
    });
    for (const [id, told] of [
      ['1', 'not a GUID'],
      [crypto.randomUUID(), 'There is no conversation'],
      [foreign, 'There is no conversation'],
    ] as const) {
      const result = await session.call('getConversationStatus', { conversationId: id });
      expect(result).toMatchObject({ isError: true });
      expect(textOf(result)).toContain(told);
    }
  });

  it('is delivered up to a year late, when no daemon ran at its time', async () => {
    const id = await schedule();
    bench.clock.advance(30 * 24 * 3_600_000);
    await bench.plan();
    expect(await status(id)).toBe('InProgress');
    expect(await bench.take()).toHaveLength(1);
  });
});

describe('cancelling', () => {
  it('keeps a scheduled text from ever being delivered, and remembers it', async () => {
    const id = await schedule();
    expect(await cancel(id)).toBe('true');
    expect(await status(id)).toBe('Cancelled');
    expect(await cancel(id)).toBe('false');
    bench.clock.advance(7_200_000);
    await bench.plan();
    expect(await bench.take()).toEqual([]);
    expect(await status(id)).toBe('Cancelled');
  });

  it('comes too late for a text that is due, also before it was looked at', async () => {
    const id = await schedule();
    bench.clock.advance(3_600_000);
    expect(await cancel(id)).toBe('false');
    expect(await status(id)).toBe('InProgress');
    expect(await bench.take()).toHaveLength(1);
  });

  it('reaches a text that the owner paused', async () => {
    const id = await schedule();
    const { id: task } = await taskOf(id);
    await bench.services.pauseTask(task, 'not today');
    expect(await status(id)).toBe('Scheduled');
    expect(await cancel(id)).toBe('true');
    expect(await status(id)).toBe('Cancelled');
  });

  it('answers false for an unknown id and refuses what is no GUID', async () => {
    expect(await cancel(crypto.randomUUID())).toBe('false');
    expect(await session.call('cancelConversation', { conversationId: 'x' })).toMatchObject({
      isError: true,
    });
  });
});

describe('the stand-in', () => {
  beforeEach(() => {
    session = openSession(bench, STAND_IN);
  });

  it('has the same three tools under its own names, and delivers', async () => {
    expect(session.tools).toEqual([
      'schedule_conversation',
      'get_conversation_status',
      'cancel_conversation',
    ]);
    const id = await session.ask('schedule_conversation', {
      conversation_text: 'hello',
      scheduled_time: '2026-11-02T09:30:00',
      endpoint: 'https://example.com/callback',
      additional_info: null,
    });
    expect(await session.ask('get_conversation_status', { conversation_id: id })).toBe('scheduled');
    bench.clock.advance(1_800_000);
    await bench.plan();
    expect(await bench.take()).toHaveLength(1);
    const late = await session.call('cancel_conversation', { conversation_id: id });
    expect(late).toMatchObject({ isError: true });
    expect(textOf(late)).toContain('InProgress');
  });

  it('cancels, and says so again when asked again', async () => {
    const id = await session.ask('schedule_conversation', {
      conversation_text: 'hello',
      scheduled_time: '2026-11-02T10:00:00',
      endpoint: 'https://example.com/callback',
    });
    expect(await session.ask('cancel_conversation', { conversation_id: id })).toBe('true');
    expect(await session.ask('cancel_conversation', { conversation_id: id })).toBe('true');
    expect(await session.ask('get_conversation_status', { conversation_id: id })).toBe('cancelled');
    const unknown = { conversation_id: crypto.randomUUID() };
    expect(await session.call('cancel_conversation', unknown)).toMatchObject({ isError: true });
  });
});
