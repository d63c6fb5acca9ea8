import { Refusal } from '../../refusal.ts';
import type { Rule } from '../schedule.ts';
import { zoneNamed } from '../zone.ts';
import { onceFromWords } from './once-words.ts';
import { recurringFromWords } from './recurring-words.ts';
import { splitTime } from './time-of-day.ts';

const WORDS_CHARS_MAX = 200;

export type WordsContext = { readonly zone: string; readonly now: Temporal.Instant };

/** What a text in plain words says: one rule, and whatever was assumed to get there. */
export type WordsReading = {
  readonly rule: Rule;
  readonly zone: string;
  readonly notes: readonly string[];
};

/** Reads plain words by a small strict grammar. What it does not know is refused, never guessed. */
export function parseWords(text: string, context: WordsContext): WordsReading {
  if (text.length > WORDS_CHARS_MAX) throw notUnderstood(text);
  const { body, zone } = splitZone(
    text.trim().replace(/\s+/g, ' ').replace(/[.!]$/, ''),
    context.zone,
  );
  const words = body.toLowerCase();
  const timed = splitTime(words);
  if (timed === undefined || !/^[a-z0-9 ,.:\-–/]*$/.test(words)) throw notUnderstood(text);
  const within = { zone, now: context.now };
  const reading = onceFromWords(timed, within) ?? recurringFromWords(timed, text, within);
  if (reading === undefined) throw notUnderstood(text);
  return { ...reading, zone };
}

/** A zone at the end: "every day at 9 in Europe/Berlin", "… (Europe/Berlin)", "… UTC". */
function splitZone(text: string, zone: string): { readonly body: string; readonly zone: string } {
  const match =
    /^(.+?) (?:in )?\(?([A-Za-z]+(?:\/[A-Za-z0-9_+-]+)+)\)?$/.exec(text) ??
    /^(.+?) (?:in )?(UTC)$/i.exec(text);
  const [, body = text, name] = match ?? [];
  return { body, zone: name === undefined ? zone : zoneNamed(name) };
}

export function notUnderstood(text: string): Refusal {
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  return new Refusal(
    'invalid',
    `${shown} is not understood. Write for example "every weekday at 9", "every 2 hours", "tomorrow 17:00", "1st of the month at 08:30", or cron such as "0 9 * * 1-5".`,
  );
}
