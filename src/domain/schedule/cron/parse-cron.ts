import { Refusal } from '../../refusal.ts';
import type { CronDialect } from '../schedule.ts';
import { zoneNamed } from '../zone.ts';
import { isBareStar, valuesOf } from './compile.ts';
import type { DialectTable } from './dialect.ts';
import { CARILLON } from './dialects/carillon.ts';
import { CRONITER } from './dialects/croniter.ts';
import { CRONLYTIC } from './dialects/cronlytic.ts';
import { ROBFIG } from './dialects/robfig.ts';
import { type CronFields, FIELD_RANGES, type FieldName, type Item } from './fields.ts';
import { parseItem, TokenFault } from './parse-item.ts';

const EXPRESSION_CHARS_MAX = 512;
const ALL: readonly Item[] = [{ kind: 'all' }];
const ZERO: readonly Item[] = [{ kind: 'value', value: 0 }];

const DIALECTS: Readonly<Record<CronDialect, DialectTable>> = {
  carillon: CARILLON,
  croniter: CRONITER,
  robfig: ROBFIG,
  cronlytic: CRONLYTIC,
};

export type ParsedCron = {
  readonly fields: CronFields;
  /** The zone a prefix of the expression names, where the dialect has one. */
  readonly zone: string | undefined;
};

/** Reads an expression of the dialect; refuses with the field, the token and what to write instead. */
export function parseCronFields(text: string, dialect: CronDialect): ParsedCron {
  const table = DIALECTS[dialect];
  const trimmed = printable(text).replace(/^[ \t]+|[ \t]+$/g, '');
  const { zone, rest } = zonePrefix(trimmed, table);
  const written = expandAlias(rest, table).split(/[ \t]+/);
  const layout = layoutFor(written, table);
  const items = new Map<FieldName, readonly Item[]>();
  let areDaysJoined = false;
  layout.forEach((field, index) => {
    const token = (written[index] ?? '').toUpperCase();
    const isJoined = field === 'weekday' && table.hasJoinedDays && token.startsWith('+');
    if (isJoined) areDaysJoined = true;
    items.set(field, parseField(isJoined ? token.slice(1) : token, field, written, index, table));
  });
  const fields: CronFields = {
    second: items.get('second') ?? ZERO,
    minute: items.get('minute') ?? ALL,
    hour: items.get('hour') ?? ALL,
    day: items.get('day') ?? ALL,
    month: items.get('month') ?? ALL,
    weekday: items.get('weekday') ?? ALL,
    areDaysJoined: areDaysJoined && !isBareStar(items.get('weekday') ?? ALL),
    hasSeconds: items.has('second'),
    years: yearsOf(items.get('year')),
  };
  return { fields, zone };
}

function printable(text: string): string {
  if (text.length > EXPRESSION_CHARS_MAX) {
    throw new Refusal(
      'invalid',
      `The cron expression has ${text.length} characters; the most is ${EXPRESSION_CHARS_MAX}. Write a shorter one, or several tasks.`,
    );
  }
  const strange = /[^\x20-\x7e\t]/u.exec(text);
  if (strange !== null) {
    const code = (strange[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    throw new Refusal(
      'invalid',
      `The cron expression contains the character U+${code}. Write it with plain ASCII characters, such as "0 9 * * 1-5".`,
    );
  }
  return text;
}

function zonePrefix(
  text: string,
  table: DialectTable,
): { readonly zone: string | undefined; readonly rest: string } {
  const match = /^(?:CRON_)?TZ=(\S*)[ \t]*(.*)$/.exec(text);
  if (match === null) return { zone: undefined, rest: text };
  const [, name = '', rest = ''] = match;
  if (!table.hasZonePrefix) {
    throw new Refusal(
      'invalid',
      `The time zone does not belong in the cron expression. Write "${rest}" and give the zone "${name}" beside it.`,
    );
  }
  return { zone: zoneNamed(name), rest };
}

function expandAlias(text: string, table: DialectTable): string {
  if (!text.startsWith('@')) return text;
  const expanded = table.aliases.get(text.toLowerCase());
  if (expanded !== undefined) return expanded;
  const known = [...table.aliases.keys()].join(', ');
  throw new Refusal(
    'invalid',
    known === ''
      ? `"${shorten(text)}" is refused: the "${table.name}" dialect has no @ forms. Write the five fields, such as "0 0 * * *".`
      : `"${shorten(text)}" is not a known @ form. Write one of ${known}, or the fields themselves.`,
  );
}

function layoutFor(written: readonly string[], table: DialectTable): readonly FieldName[] {
  const isEmpty = written.length === 1 && written[0] === '';
  const count = isEmpty ? 0 : written.length;
  const layout = table.layouts.get(count);
  const last = written.at(-1) ?? '';
  const hasYear = table.name === 'carillon' && count === 6 && /^\d{4}([-,/]|$)/.test(last);
  if (layout !== undefined && !hasYear) return layout;
  const expected = `Write ${table.layoutsInWords}`;
  if (hasYear) {
    throw new Refusal(
      'invalid',
      `The sixth field "${shorten(last)}" looks like a year, and the year is not supported: six fields begin with seconds. Write "${written.slice(0, 5).join(' ')}" with a start and an end, or a one-off such as "2027-01-01T09:00:00Z".`,
    );
  }
  if (count === 7 && table.name === 'carillon') {
    throw new Refusal(
      'invalid',
      `The expression has seven fields; a year is not supported. Write "${shorten(written.slice(0, 6).join(' '))}" with a start and an end.`,
    );
  }
  throw new Refusal(
    'invalid',
    `The cron expression has ${count} field${count === 1 ? '' : 's'}. ${expected}, such as "0 9 * * 1-5".`,
  );
}

function parseField(
  text: string,
  field: FieldName,
  written: readonly string[],
  index: number,
  table: DialectTable,
): readonly Item[] {
  const tokens = text.split(',');
  const items: Item[] = [];
  for (const [position, token] of tokens.entries()) {
    try {
      items.push(...parseItem(token, field, table));
    } catch (error) {
      if (!(error instanceof TokenFault)) throw error;
      throw refusal(error, field, token, replaced(written, index, tokens, position, error.instead));
    }
  }
  refuseQuestionMarkInList(text, field, written, index, table);
  refuseWeekdayInList(items, field, written, index);
  return undisguised(items, table);
}

function refuseQuestionMarkInList(
  text: string,
  field: FieldName,
  written: readonly string[],
  index: number,
  table: DialectTable,
): void {
  const whole = written[index] ?? '';
  if (table.questionMark !== 'day_fields' || !text.includes('?') || whole === '?') return;
  const fault = new TokenFault('"?" stands alone in its field; it belongs to the day fields only');
  throw refusal(fault, field, whole, replaced(written, index, [''], 0, '*'));
}

/** `W` asks for one working day, so OCPS keeps it out of lists; `L` and `#` may be listed. */
function refuseWeekdayInList(
  items: readonly Item[],
  field: FieldName,
  written: readonly string[],
  index: number,
): void {
  const isWorkday = (item: Item): boolean =>
    item.kind === 'nearest_weekday' || item.kind === 'last_weekday';
  if (items.length < 2 || !items.some(isWorkday)) return;
  const alone = (written[index] ?? '').split(',').find((token) => /W$/i.test(token)) ?? 'LW';
  const fault = new TokenFault('"W" must not stand in a list; use one task for each day');
  throw refusal(fault, field, written[index] ?? '', replaced(written, index, [''], 0, alone));
}

function undisguised(items: readonly Item[], table: DialectTable): readonly Item[] {
  if (table.starInDisguise === 'restricted') return items;
  const isStar = (item: Item): boolean =>
    item.kind === 'all' || (item.kind === 'span' && item.isStar && item.step === 1);
  return items.some(isStar) ? ALL : items;
}

function yearsOf(items: readonly Item[] | undefined): readonly number[] | undefined {
  return items === undefined || isBareStar(items) ? undefined : valuesOf('year', items);
}

function replaced(
  written: readonly string[],
  index: number,
  tokens: readonly string[],
  position: number,
  instead: string | undefined,
): string | undefined {
  if (instead === undefined) return undefined;
  const field = tokens.map((token, at) => (at === position ? instead : token)).join(',');
  return written.map((text, at) => (at === index ? field : text)).join(' ');
}

function refusal(
  fault: TokenFault,
  field: FieldName,
  token: string,
  expression: string | undefined,
): Refusal {
  const instead = expression === undefined ? '' : ` Write "${shorten(expression)}" instead.`;
  return new Refusal(
    'invalid',
    `The ${FIELD_RANGES[field].label} field has "${shorten(token)}", which is refused: ${fault.message}.${instead}`,
  );
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
