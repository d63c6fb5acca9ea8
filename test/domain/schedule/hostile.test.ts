import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerCronLine } from '../../../src/cli/cron.ts';
import { Refusal } from '../../../src/domain/refusal.ts';
import { parseCron } from '../../../src/domain/schedule/cron/cron.ts';
import { parseWhen } from '../../../src/domain/schedule/parse-when.ts';
import type { CronDialect } from '../../../src/domain/schedule/schedule.ts';

const NOW = Temporal.Instant.from('2026-11-21T12:00:00Z');
const DIALECTS: readonly CronDialect[] = ['carillon', 'croniter', 'robfig', 'cronlytic'];
const CONTEXT = { zone: 'Europe/Berlin', now: NOW, intervalMsMin: 60_000 };

const PIECES: readonly string[] = (
  '*|0|5|59|7|/|-|,| |#|L|W|?|+|@|MON|JAN|every |at |9|:|tomorrow |in |minutes|friday |of the month |' +
  'and |1st |last |FREQ=|DAILY|;|BYDAY=|P|T|h|2027-01-01|Z|+01:00|Europe/Berlin'
).split('|');

/** Runs what may refuse and nothing else, and gives back how long it took in milliseconds. */
function refusesOrAccepts(act: () => unknown): number {
  const started = performance.now();
  try {
    act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  return performance.now() - started;
}

/** The best of three, because a busy machine can hold up any single run. */
function bestOfThree(act: () => unknown): number {
  return Math.min(refusesOrAccepts(act), refusesOrAccepts(act), refusesOrAccepts(act));
}

describe('hostile input', () => {
  const long = 10_240;
  it.each([
    ['10 kB of stars', '*'.repeat(long)],
    ['10 kB of blanks', ' '.repeat(long)],
    ['10 kB of commas', `${','.repeat(long)} * * * *`],
    ['10 kB of a list', `${'1,'.repeat(long / 2)}1 * * * *`],
    ['10 kB of digits', `${'9'.repeat(long)} * * * *`],
    ['10 kB of words', 'every '.repeat(long / 6)],
    ['10 kB of times', `every day at ${'9 and '.repeat(long / 6)}9`],
    ['10 kB of a duration', '1h'.repeat(long / 2)],
    ['10 kB of RRULE', `FREQ=DAILY;BYHOUR=${'1,'.repeat(long / 2)}1`],
    ['512 characters of a list', `${'59,'.repeat(165)}59 * * * *`],
    ['Arabic digits', '\u0660\u0669 * * * *'],
    ['full-width digits', '\uff11 * * * *'],
    ['a no-break space', '0\u00a09 * * *'],
    ['an em space', '0\u20039 * * *'],
    ['a null', '0 9 * * *\u0000'],
    ['a step of nothing', '*/0 * * * *'],
    ['a negative step', '*/-12 * * * *'],
    ['a huge range', '0-99999999999 * * * *'],
    ['a huge step', '*/99999999999999999999 * * * *'],
    ['an exponent', '1e1 * * * *'],
    ['a hexadecimal number', '0x10 * * * *'],
    ['a negative number', '-12 * * * *'],
    ['a lone surrogate', '\ud800 * * * *'],
    ['a date that looks like a pattern', '2027-01-01T00:00:00'],
    ['an instant', '2027-01-01T00:00:00Z'],
    ['the costliest rule that never occurs', '0 0 15W * +SAT'],
    ['a list of every nearest weekday', '0 0 29W 2 +0'],
  ])('%s is refused or read in under 50 ms', (_, text) => {
    const line = JSON.stringify({ expr: text, tz: 'America/New_York' });
    // The first use of a zone loads it, which is not what is measured.
    answerCronLine('{"expr":"@daily","tz":"America/New_York"}', NOW);
    expect(bestOfThree(() => answerCronLine(line, NOW))).toBeLessThan(50);
    for (const dialect of DIALECTS) {
      expect(bestOfThree(() => parseCron(text, dialect, 'UTC'))).toBeLessThan(50);
    }
    expect(bestOfThree(() => parseWhen(text, {}, CONTEXT))).toBeLessThan(50);
  });

  it('throws nothing but refusals, whatever the text', () => {
    const pieces = fc.constantFrom(...PIECES);
    const texts = fc.oneof(
      fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc
        .array(fc.constantFrom('*', '*/5', '0', '1-5', 'L', '2#3', '15W', '?', 'MON', '22-2'), {
          minLength: 4,
          maxLength: 8,
        })
        .map((parts) => parts.join(' ')),
    );
    let slowest = 0;
    fc.assert(
      fc.property(texts, fc.constantFrom(...DIALECTS), (text, dialect) => {
        slowest = Math.max(
          slowest,
          refusesOrAccepts(() => parseCron(text, dialect, 'UTC')),
          refusesOrAccepts(() => parseWhen(text, {}, CONTEXT)),
        );
      }),
      { numRuns: 10_000 },
    );
    expect(slowest).toBeLessThan(1_000);
  });
});

describe('the zone of the host', () => {
  it('plays no part', () => {
    const script = `
      import 'temporal-polyfill/global';
      import { answerCronLine } from './src/cli/cron.ts';
      const now = Temporal.Instant.from('2026-11-21T12:00:00Z');
      for (const [expr, tz, from] of [
        ['30 2 * * *', 'America/New_York', '2027-03-13T12:00:00Z'],
        ['30 1 * * *', 'America/New_York', '2027-11-06T12:00:00Z'],
        ['*/15 * * * *', 'Australia/Lord_Howe', '2027-04-03T14:00:00Z'],
        ['30 23 * * *', 'America/Nuuk', '2027-03-27T12:00:00Z'],
        ['0 0 * * 1', 'UTC', '2027-03-13T12:00:00Z'],
        ['0 0 29 2 *', 'Asia/Beirut', '2027-03-13T12:00:00Z'],
      ]) console.log(answerCronLine(JSON.stringify({ expr, tz, from, count: 8 }), now));
    `;
    const answers = ['UTC', 'America/New_York', 'Australia/Lord_Howe'].map((TZ) =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        env: { ...process.env, TZ },
        encoding: 'utf8',
      }),
    );
    expect(answers[0]).toContain('2027-03-14T07:00:00Z');
    expect(new Set(answers).size).toBe(1);
  });
});
