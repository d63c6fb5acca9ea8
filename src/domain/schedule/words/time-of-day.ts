import { Refusal } from '../../refusal.ts';

/** A time as it may stand after "at": 9, 9:30, 17:00, 5pm, 5:30 pm, noon, midnight. */
const TIME = String.raw`(?:\d{1,2}(?::\d{2})?(?: ?[ap]m)?|noon|midday|midnight)`;
/** A time that is one without "at" as well: a bare number could be anything. */
const PLAIN_TIME = String.raw`(?:\d{1,2}:\d{2}(?: ?[ap]m)?|\d{1,2} ?[ap]m|noon|midday|midnight)`;

const LIST = new RegExp(`^${TIME}(?:(?:, | and |, and )${TIME})*$`);
const AT_END = /^(.*?)(?:^|[ ,]+)at (.+)$/;
const AT_START = new RegExp(
  `^at (${TIME}(?:(?:, | and |, and )${TIME})*),? (?=every |each |on |in |tomorrow|today)(.+)$`,
);
const PLAIN_END = new RegExp(
  `^(.*?)(?:^|,? )(${PLAIN_TIME}(?:(?:, | and |, and )${PLAIN_TIME})*)$`,
);

export type Timed = {
  /** What is left of the text without its time. */
  readonly body: string;
  /** The times of day, empty when the text has none. */
  readonly times: readonly Temporal.PlainTime[];
};

/** Splits the time of day off a text in lower case. Undefined when what follows "at" is not a time. */
export function splitTime(text: string): Timed | undefined {
  const start = AT_START.exec(text);
  if (start !== null) return timed(start[2] ?? '', start[1] ?? '');
  const end = AT_END.exec(text);
  if (end !== null) return timed(end[1] ?? '', end[2] ?? '');
  const plain = PLAIN_END.exec(text);
  return plain === null ? { body: text, times: [] } : timed(plain[1] ?? '', plain[2] ?? '');
}

function timed(body: string, times: string): Timed | undefined {
  if (!LIST.test(times)) return undefined;
  return { body: body.trim(), times: times.split(/, and |, | and /).map(timeOfDay) };
}

function timeOfDay(text: string): Temporal.PlainTime {
  if (text === 'noon' || text === 'midday') return Temporal.PlainTime.from('12:00');
  if (text === 'midnight') return Temporal.PlainTime.from('00:00');
  const match = /^(\d{1,2})(?::(\d{2}))?(?: ?([ap])m)?$/.exec(text);
  const [, hours = '', minutes = '0', half] = match ?? [];
  const hour = Number(hours);
  const isFine = half === undefined ? hour <= 23 : hour >= 1 && hour <= 12;
  if (!isFine || Number(minutes) > 59) {
    throw new Refusal(
      'invalid',
      `"${text}" is not a time of day. Write it like "09:00", "17:30" or "5pm".`,
    );
  }
  const onClock = half === undefined ? hour : (hour % 12) + (half === 'p' ? 12 : 0);
  return new Temporal.PlainTime(onClock, Number(minutes));
}
