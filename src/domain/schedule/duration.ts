import { Refusal } from '../refusal.ts';

/** The longest duration that is understood: a century, far inside what a safe integer holds. */
const DURATION_MS_MAX = 100 * 366 * 86_400_000;
const TEXT_CHARS_MAX = 100;

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const UNIT_OF_WORD: ReadonlyMap<string, string> = new Map([
  ...words('ms', ['ms', 'msec', 'millisecond', 'milliseconds']),
  ...words('s', ['s', 'sec', 'secs', 'second', 'seconds']),
  ...words('m', ['m', 'min', 'mins', 'minute', 'minutes']),
  ...words('h', ['h', 'hr', 'hrs', 'hour', 'hours']),
  ...words('d', ['d', 'day', 'days']),
  ...words('w', ['w', 'week', 'weeks']),
]);

/** A length of real time in milliseconds: "90s", "1h30m", "PT15M" or "20 minutes". A day is 24 hours. */
export function parseDurationMs(text: string): number {
  const trimmed = text.length <= TEXT_CHARS_MAX ? text.trim() : '';
  const ms = /^P/i.test(trimmed) ? isoMs(trimmed) : plainMs(trimmed);
  if (ms === undefined) {
    throw new Refusal(
      'invalid',
      `${quoted(text)} is not a length of time. Write it like "90s", "15m", "1h30m", "2 hours" or "PT15M".`,
    );
  }
  if (ms > DURATION_MS_MAX) {
    throw new Refusal(
      'invalid',
      `${quoted(text)} is longer than a hundred years. Write a shorter time.`,
    );
  }
  return ms;
}

/** The shortest plain form: 5400000 → "1h30m". Zero is "0s". */
export function formatDurationMs(ms: number): string {
  let rest = Math.abs(Math.round(ms));
  let text = '';
  for (const unit of ['w', 'd', 'h', 'm', 's', 'ms']) {
    const size = MS_PER_UNIT[unit] ?? 1;
    // Weeks are only written when they say everything: "1w" reads well, "1w3d" does not.
    if (unit === 'w' && rest % size !== 0) continue;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === '' ? '0s' : `${ms < 0 ? '-' : ''}${text}`;
}

function isoMs(text: string): number | undefined {
  const match =
    /^P(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,3})?)S)?)?$/i.exec(
      text,
    );
  if (match === null || text.length < 3) return undefined;
  const [, weeks = '0', days = '0', hours = '0', minutes = '0', seconds = '0'] = match;
  return (
    Number(weeks) * 604_800_000 +
    Number(days) * 86_400_000 +
    Number(hours) * 3_600_000 +
    Number(minutes) * 60_000 +
    Math.round(Number(seconds) * 1_000)
  );
}

function plainMs(text: string): number | undefined {
  if (!/^(?:\d{1,12}(?:\.\d{1,3})? ?[a-z]{1,12}(?:,? (?:and )?|$|(?=\d)))+$/i.test(text))
    return undefined;
  let total = 0;
  const seen = new Set<string>();
  for (const [, count = '', word = ''] of text.matchAll(/(\d+(?:\.\d+)?) ?([a-z]+)/gi)) {
    if (word.toLowerCase() === 'and') return undefined;
    const unit = UNIT_OF_WORD.get(word.toLowerCase());
    if (unit === undefined || seen.has(unit)) return undefined;
    seen.add(unit);
    total += Number(count) * (MS_PER_UNIT[unit] ?? 1);
  }
  return Number.isInteger(Math.round(total)) ? Math.round(total) : undefined;
}

function words(unit: string, names: readonly string[]): [string, string][] {
  return names.map((name) => [name, unit]);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
