import type { DialectTable } from './dialect.ts';
import { FIELD_RANGES, type FieldName, type Item } from './fields.ts';

/** Why a token of a field is refused, and the token to write instead where there is one. */
export class TokenFault extends Error {
  override readonly name = 'TokenFault';
  readonly instead: string | undefined;

  constructor(problem: string, instead?: string) {
    super(problem);
    this.instead = instead;
  }
}

/** Reads one item of a field's list, written in upper case. A wrapped range is more than one item. */
export function parseItem(token: string, field: FieldName, dialect: DialectTable): readonly Item[] {
  if (token === '') throw new TokenFault('an item of the list is empty');
  if (token === '?') return [questionMark(field, dialect)];
  if (token === '*') return [{ kind: 'all' }];
  const special = specialItem(token, field, dialect);
  if (special !== undefined) return [special];
  const match = /^(?:(\*)|([A-Z0-9]+)(?:-([A-Z0-9]+))?)(?:\/(\d+))?$/.exec(token);
  if (match === null || token.startsWith('L-')) throw shapeFault(token, field, dialect);
  const [, star, from = '', to, step] = match;
  return plainItems({ token, star: star !== undefined, from, to, step }, field, dialect);
}

type Plain = {
  readonly token: string;
  readonly star: boolean;
  readonly from: string;
  readonly to: string | undefined;
  readonly step: string | undefined;
};

function plainItems(plain: Plain, field: FieldName, dialect: DialectTable): readonly Item[] {
  const { min, max } = FIELD_RANGES[field];
  const step = plain.step === undefined ? undefined : stepOf(plain, field, dialect);
  if (plain.star) return [{ kind: 'span', from: min, to: max, step, isStar: true }];
  const from = valueOf(plain.from, field, dialect, plain.token);
  if (plain.to === undefined && step === undefined)
    return [{ kind: 'value', value: sunday(from, field) }];
  // "a/n" means from a to the end of the field: everyone who accepts it agrees on that.
  const to = plain.to === undefined ? max : rangeEnd(plain, from, field, dialect);
  if (from <= to) return [spanOf(from, to, step, field)];
  if (plain.to === undefined) {
    throw new TokenFault(
      `${from} with a step leaves no value up to ${max}`,
      String(sunday(from, field)),
    );
  }
  if (dialect.wraps === 'refused') {
    throw new TokenFault(
      'a range must not run backwards (with a weekday it would match the wrong night)',
      wrapped(from, to, step, field).map(shown).join(','),
    );
  }
  return wrapped(from, to, step, field);
}

/** A backward range as two forward ones, the second entered where the step lands after the wrap. */
function wrapped(
  from: number,
  to: number,
  step: number | undefined,
  field: FieldName,
): readonly Item[] {
  const { min, max } = FIELD_RANGES[field];
  const low = sunday(from, field);
  if (low <= to) return [spanOf(low, to, step, field)];
  const stride = step ?? 1;
  const landing = min + ((stride - ((max - low + 1) % stride)) % stride);
  const head = spanOf(low, max, step, field);
  return landing > to ? [head] : [head, spanOf(landing, to, step, field)];
}

function spanOf(from: number, to: number, step: number | undefined, field: FieldName): Item {
  if (from === to && step === undefined) return { kind: 'value', value: sunday(from, field) };
  return { kind: 'span', from, to, step, isStar: false };
}

function shown(item: Item): string {
  if (item.kind === 'value') return String(item.value);
  if (item.kind !== 'span') return '*';
  return `${item.from}-${item.to}${item.step === undefined ? '' : `/${item.step}`}`;
}

/** The end of a range; Sunday at the end of one is 7, so that FRI-SUN and 5-0 mean what they say. */
function rangeEnd(plain: Plain, from: number, field: FieldName, dialect: DialectTable): number {
  const value = valueOf(plain.to ?? '', field, dialect, plain.token);
  const isSunday = field === 'weekday' && value === 0 && dialect.weekdayMax === 7;
  return isSunday && from > 0 ? 7 : value;
}

/** One value of a field; a refusal suggests `token` with the value put right. */
function valueOf(text: string, field: FieldName, dialect: DialectTable, token: string): number {
  const { label, min, max, names } = FIELD_RANGES[field];
  const named = dialect.hasNames ? names.indexOf(text) : -1;
  if (named !== -1) return named + min;
  if (!/^\d+$/.test(text)) throw nameFault(text, field, dialect);
  const value = Number(text);
  const top = field === 'weekday' ? dialect.weekdayMax : max;
  if (value >= min && value <= top) return value;
  if (field === 'weekday' && value === 7) {
    throw new TokenFault('Sunday is 0 in this dialect, not 7', corrected(token, text, '0'));
  }
  throw new TokenFault(
    `${text} is outside ${min} to ${top} for ${label}`,
    corrected(token, text, nearest(text, field)),
  );
}

function stepOf(plain: Plain, field: FieldName, dialect: DialectTable): number {
  const { label, min, max } = FIELD_RANGES[field];
  const size = max - min + 1;
  const step = Number(plain.step);
  if (step === 0)
    throw new TokenFault('a step must be at least 1', plain.token.replace(/\/\d+$/, '/1'));
  if (step <= size) return step;
  if (dialect.longSteps === 'clamped') return size;
  const unit = { second: 'seconds', minute: 'minutes', hour: 'hours', day: 'days' };
  const every = field in unit ? unit[field as keyof typeof unit] : undefined;
  const use = every === undefined ? '' : `; use an interval, "every ${plain.step} ${every}"`;
  throw new TokenFault(
    `the step ${plain.step} is larger than the ${size} ${label} there are${use}`,
  );
}

function specialItem(token: string, field: FieldName, dialect: DialectTable): Item | undefined {
  if (field === 'day') return specialDay(token, dialect);
  return field === 'weekday' ? specialWeekday(token, dialect) : undefined;
}

function specialDay(token: string, dialect: DialectTable): Item | undefined {
  if (token === 'L' && dialect.hasLastDay) return { kind: 'last_day' };
  if (!dialect.hasNearestWeekday) return undefined;
  if (token === 'LW') return { kind: 'last_weekday' };
  const match = /^(\d+)W$/.exec(token);
  return match === null
    ? undefined
    : { kind: 'nearest_weekday', day: valueOf(match[1] ?? '', 'day', dialect, token) };
}

function specialWeekday(token: string, dialect: DialectTable): Item | undefined {
  const last = lastWeekdayOf(token, dialect);
  if (last !== undefined) {
    return { kind: 'nth', weekday: valueOf(last, 'weekday', dialect, token) % 7, nth: 'last' };
  }
  const match = dialect.hasNth ? /^([A-Z0-9]+)#(\d+)$/.exec(token) : null;
  if (match === null) return undefined;
  const nth = Number(match[2]);
  if (nth < 1 || nth > 5)
    throw new TokenFault('a month has a first to a fifth of a weekday', `${match[1]}#1`);
  return { kind: 'nth', weekday: valueOf(match[1] ?? '', 'weekday', dialect, token) % 7, nth };
}

function lastWeekdayOf(token: string, dialect: DialectTable): string | undefined {
  switch (dialect.lastOfWeekday) {
    case 'suffix':
      return (/^([A-Z0-9]+)(?:#L)$/.exec(token) ?? /^(\d+|[A-Z]{3})L$/.exec(token))?.[1];
    case 'prefix':
      return /^L(\d+|[A-Z]{3})$/.exec(token)?.[1];
    case 'refused':
      return undefined;
  }
}

function questionMark(field: FieldName, dialect: DialectTable): Item {
  const isAllowed =
    dialect.questionMark === 'any_field' ||
    (dialect.questionMark === 'day_fields' && (field === 'day' || field === 'weekday'));
  if (isAllowed) return { kind: 'all' };
  throw new TokenFault('"?" belongs to the two day fields only', '*');
}

/** A token that has no known shape: the reader is told which shape was probably meant. */
function shapeFault(token: string, field: FieldName, dialect: DialectTable): TokenFault {
  const range = /^([A-Z0-9]+)-([A-Z0-9]+)#(\w+)$/.exec(token);
  if (range !== null && field === 'weekday') return rangeWithNth(range, dialect);
  if (/^\/\d+$/.test(token))
    return new TokenFault('a step needs something to its left', `*${token}`);
  if (/^L-\d+/.test(token)) {
    const days = Number(/^L-(\d+)/.exec(token)?.[1]) + 1;
    return new TokenFault(
      `"L-n" is not supported; use the rule FREQ=MONTHLY;BYMONTHDAY=-${days} or name the days`,
      field === 'day' ? 'L' : undefined,
    );
  }
  if (token.includes('?')) return new TokenFault('"?" stands alone', '*');
  if (/^-\d/.test(token)) return new TokenFault('negative numbers are not values', token.slice(1));
  if (/^\*-|^\*\d|\*$/.test(token)) return new TokenFault('"*" stands alone or before a step', '*');
  if (token.includes('#')) return new TokenFault('"#" is written <weekday>#<1 to 5>, such as 2#3');
  return nameFault(token, field, dialect);
}

function rangeWithNth(match: RegExpExecArray, dialect: DialectTable): TokenFault {
  const [, from = '', to = '', nth = ''] = match;
  const low = valueOf(from, 'weekday', dialect, match[0]);
  const high = valueOf(to, 'weekday', dialect, match[0]);
  const days = Array.from({ length: Math.max(0, high - low + 1) }, (_, index) => low + index);
  return new TokenFault(
    '"#" takes one weekday, not a range',
    days.length === 0 ? undefined : days.map((day) => `${day}#${nth}`).join(','),
  );
}

function nameFault(token: string, field: FieldName, dialect: DialectTable): TokenFault {
  const { label, names } = FIELD_RANGES[field];
  for (const [letter, reason] of dialect.refusedLetters) {
    if (token === letter || new RegExp(`^${letter}[(/]|^\\d+${letter}$|^L${letter}$`).test(token)) {
      return new TokenFault(reason);
    }
  }
  if (field === 'weekday' && token === 'L') {
    return new TokenFault('"L" needs its weekday; Saturday is 6', '6');
  }
  const short = dialect.hasNames ? names.find((name) => token.startsWith(name)) : undefined;
  if (short !== undefined && /^[A-Z]+$/.test(token)) {
    return new TokenFault('names have three letters', short);
  }
  return new TokenFault(`it is not a value, list, range or step of the ${label}`);
}

function corrected(token: string, text: string, value: string): string {
  return token.replace(new RegExp(`(?<![A-Z0-9])${text}(?!\\d)`), value);
}

function nearest(text: string, field: FieldName): string {
  const { min, max } = FIELD_RANGES[field];
  if (/^0+$/.test(text)) return String(min);
  if ((field === 'hour' && text === '24') || (text === '60' && max === 59)) return '0';
  return String(max);
}

/** Sunday is kept as 0 wherever it stands alone. */
function sunday(value: number, field: FieldName): number {
  return field === 'weekday' && value === 7 ? 0 : value;
}
