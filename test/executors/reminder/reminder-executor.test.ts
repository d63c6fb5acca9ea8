import { expect, it } from 'vitest';
import type { ReminderAction } from '../../../src/domain/action.ts';
import type { Delivery, Outcome } from '../../../src/domain/outcome.ts';
import { reminderExecutor } from '../../../src/executors/reminder/reminder-executor.ts';
import type { Notice } from '../../../src/ports/channels.ts';
import { setClock } from '../../support/set-clock.ts';
import { RUN } from '../../support/run.ts';

const ACTION: ReminderAction = {
  kind: 'reminder',
  title: 'Stand-up',
  body: 'Room 3',
  channels: ['desk', 'phone'],
  sound: 'bell',
};

async function remind(deliveries: readonly Delivery[], signal = new AbortController().signal) {
  const asked: (readonly [readonly string[], Notice])[] = [];
  let output = '';
  const executor = reminderExecutor({
    clock: setClock(),
    channels: {
      deliver: async (names, notice) => {
        asked.push([names, notice]);
        return deliveries;
      },
    },
  });
  const outcome: Outcome = await executor.execute(
    { run: RUN, attempt: 1, action: ACTION, grants: new Map() },
    {
      write: (_stream, bytes) => {
        output += Buffer.from(bytes).toString();
      },
      skip: () => undefined,
      isHeadFull: false,
      get bytes() {
        return output.length;
      },
      isCut: false,
      restart: () => undefined,
      observe: () => undefined,
    },
    signal,
  );
  return { outcome, asked, output };
}

const NO = { channel: 'desk', isDelivered: false, note: 'There is no session bus.' };
const YES = { channel: 'phone', isDelivered: true, note: 'The server took it with status 200.' };

it('hands the reminder to its channels under the id of the run, and tells what came of each', async () => {
  const { outcome, asked, output } = await remind([NO, YES]);
  const notice = { key: RUN.id, title: 'Stand-up', body: 'Room 3', level: 'info', sound: 'bell' };
  expect(asked).toEqual([[['desk', 'phone'], notice]]);
  expect(outcome).toMatchObject({
    kind: 'succeeded',
    result: { deliveries: [NO, YES], notice: { title: 'Stand-up', body: 'Room 3' } },
  });
  expect(output).toBe(
    'desk: There is no session bus.\nphone: The server took it with status 200.\n',
  );
});

it('says so when nothing could show it', async () => {
  const { outcome } = await remind([NO]);
  expect(outcome).toMatchObject({
    kind: 'failed',
    reason: 'not_delivered',
    retryable: true,
    message:
      'No channel could show the reminder; it is unread in the inbox. desk: There is no session bus.',
    result: { deliveries: [NO] },
  });
});

it('is no failure when it was called off before anything could show it', async () => {
  const { outcome } = await remind([], AbortSignal.abort('cancelled'));
  expect(outcome.kind).toBe('cancelled');
});
