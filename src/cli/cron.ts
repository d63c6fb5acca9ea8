import { nextCron, parseCron, requireOccurrence } from '../domain/schedule/cron/cron.ts';
import { Refusal } from '../domain/refusal.ts';
import { zoneNamed } from '../domain/schedule/zone.ts';

const COUNT_DEFAULT = 5;
const COUNT_MAX = 1_000;
const LINE_CHARS_MAX = 100_000;

export type CronQuestion = {
  readonly tz?: string | undefined;
  readonly from?: string | undefined;
  readonly count?: string | number | undefined;
  readonly json?: boolean | undefined;
};

export type CronAnswer = {
  readonly exitCode: 0 | 2;
  readonly stdout: string;
  readonly stderr: string;
};

/** `carillon cron EXPR`: the next occurrences, or the reason for a refusal and exit code 2. */
export function answerCron(
  expression: string,
  { tz, from, count, json }: CronQuestion,
  now: Temporal.Instant,
): CronAnswer {
  try {
    const answer = occurrencesOf(expression, tz, from, count, now);
    return { exitCode: 0, stdout: json === true ? inJson(answer) : inWords(answer), stderr: '' };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const stdout = json === true ? `${JSON.stringify({ error: error.message })}\n` : '';
    return { exitCode: 2, stdout, stderr: `${error.message}\n` };
  }
}

/** `carillon cron --stdin`: one JSON line in, `{"next":[…]}` or `{"error":"…"}` out, without a newline. */
export function answerCronLine(line: string, now: Temporal.Instant): string {
  try {
    const { expr, tz, from, count } = questionIn(line);
    const { next } = occurrencesOf(expr, tz, from, count, now);
    return JSON.stringify({ next: next.map(inUtc) });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return JSON.stringify({ error: error.message });
  }
}

type Answer = {
  readonly expression: string;
  readonly pattern: string;
  readonly zone: string;
  readonly warnings: readonly string[];
  readonly next: readonly Temporal.Instant[];
};

function occurrencesOf(
  expression: unknown,
  tz: unknown,
  from: unknown,
  count: unknown,
  now: Temporal.Instant,
): Answer {
  if (typeof expression !== 'string') {
    throw new Refusal('invalid', 'The expression must be a text, such as "0 9 * * 1-5".');
  }
  const { rule, zone, warnings } = parseCron(expression, 'carillon', zoneFrom(tz));
  requireOccurrence(rule);
  const next: Temporal.Instant[] = [];
  const wanted = countFrom(count);
  let after = instantFrom(from, now);
  while (next.length < wanted) {
    const at = nextCron(rule, zone, after);
    if (at === undefined) break;
    next.push(at);
    after = at;
  }
  if (next.length === 0) {
    throw new Refusal('invalid', `"${expression}" has no occurrence after ${inUtc(after)}.`);
  }
  return { expression, pattern: rule.pattern, zone, warnings, next };
}

function questionIn(line: string): Readonly<Record<'expr' | 'tz' | 'from' | 'count', unknown>> {
  const value: unknown = line.length <= LINE_CHARS_MAX ? parsedJson(line) : undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal(
      'invalid',
      'The line is not a JSON object. Write one such as {"expr":"0 9 * * 1-5","tz":"Europe/Berlin"}.',
    );
  }
  return {
    expr: 'expr' in value ? value.expr : undefined,
    tz: 'tz' in value ? value.tz : undefined,
    from: 'from' in value ? value.from : undefined,
    count: 'count' in value ? value.count : undefined,
  };
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function zoneFrom(tz: unknown): string {
  if (tz === undefined || tz === null) return 'UTC';
  if (typeof tz === 'string') return zoneNamed(tz);
  throw new Refusal('invalid', 'The time zone must be a text, such as "Europe/Berlin" or "UTC".');
}

function instantFrom(from: unknown, now: Temporal.Instant): Temporal.Instant {
  if (from === undefined || from === null) return now;
  try {
    if (typeof from === 'string' && from.length <= 64) return Temporal.Instant.from(from);
  } catch {
    // Temporal's own message is for programmers; ours below is for the person who asked.
  }
  throw new Refusal(
    'invalid',
    `${JSON.stringify(from).slice(0, 80)} is not an instant. Write it like "2027-03-14T07:00:00Z".`,
  );
}

function countFrom(count: unknown): number {
  if (count === undefined || count === null) return COUNT_DEFAULT;
  const wanted = typeof count === 'string' && /^\d{1,4}$/.test(count) ? Number(count) : count;
  if (
    typeof wanted === 'number' &&
    Number.isInteger(wanted) &&
    wanted >= 1 &&
    wanted <= COUNT_MAX
  ) {
    return wanted;
  }
  throw new Refusal('invalid', `The count must be a whole number from 1 to ${COUNT_MAX}.`);
}

function inJson({ expression, pattern, zone, warnings, next }: Answer): string {
  return `${JSON.stringify({ expr: expression, pattern, tz: zone, next: next.map(inUtc), warnings })}\n`;
}

function inWords({ zone, warnings, next }: Answer): string {
  const times = next.map((at) => {
    const local = at.toZonedDateTimeISO(zone);
    const day = local.toLocaleString('en-US', { weekday: 'short' });
    return `${inUtc(at)}  ${day} ${local.toPlainDate().toString()} ${local.toPlainTime().toString()} ${local.offset} ${zone}`;
  });
  return `${[...times, ...warnings.map((warning) => `warning: ${warning}`)].join('\n')}\n`;
}

function inUtc(at: Temporal.Instant): string {
  return at.toString({ smallestUnit: 'second' });
}
