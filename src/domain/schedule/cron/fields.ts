/** The parts of a cron rule, in the order of the normal form; `year` exists in older dialects only. */
export type FieldName = 'second' | 'minute' | 'hour' | 'day' | 'month' | 'weekday' | 'year';

export type FieldRange = {
  /** How a refusal calls the field. */
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
};

const MONTH_NAMES: readonly string[] = [
  'JAN',
  'FEB',
  'MAR',
  'APR',
  'MAY',
  'JUN',
  'JUL',
  'AUG',
  'SEP',
  'OCT',
  'NOV',
  'DEC',
];

/** Sunday is 0, as in every cron but Quartz's. */
const WEEKDAY_NAMES: readonly string[] = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

export const FIELD_RANGES: Readonly<Record<FieldName, FieldRange>> = {
  second: { label: 'seconds', min: 0, max: 59, names: [] },
  minute: { label: 'minutes', min: 0, max: 59, names: [] },
  hour: { label: 'hours', min: 0, max: 23, names: [] },
  day: { label: 'day of month', min: 1, max: 31, names: [] },
  month: { label: 'month', min: 1, max: 12, names: MONTH_NAMES },
  weekday: { label: 'day of week', min: 0, max: 6, names: WEEKDAY_NAMES },
  year: { label: 'year', min: 1970, max: 2099, names: [] },
};

/** One item of a field's list. */
export type Item =
  | { readonly kind: 'all' }
  | { readonly kind: 'value'; readonly value: number }
  | {
      readonly kind: 'span';
      readonly from: number;
      readonly to: number;
      /** Absent when no step was written: a written step makes a time an interval (see `isFixedTime`). */
      readonly step: number | undefined;
      /** Written with a star, as in "*" followed by a step. */
      readonly isStar: boolean;
    }
  | { readonly kind: 'last_day' }
  | { readonly kind: 'last_weekday' }
  | { readonly kind: 'nearest_weekday'; readonly day: number }
  | { readonly kind: 'nth'; readonly weekday: number; readonly nth: number | 'last' };

/** A cron rule as parsed, whatever the dialect it was written in. */
export type CronFields = {
  readonly second: readonly Item[];
  readonly minute: readonly Item[];
  readonly hour: readonly Item[];
  readonly day: readonly Item[];
  readonly month: readonly Item[];
  readonly weekday: readonly Item[];
  /** Both day fields must match, written "+" before the weekdays. */
  readonly areDaysJoined: boolean;
  /** The author wrote seconds, so the normal form has them too. */
  readonly hasSeconds: boolean;
  readonly years: readonly number[] | undefined;
};

/** The normal form: five fields, or six with seconds first. */
export function printFields(fields: CronFields): string {
  const seconds = fields.hasSeconds ? `${printItems(fields.second)} ` : '';
  const weekdays = `${fields.areDaysJoined ? '+' : ''}${printItems(fields.weekday)}`;
  return `${seconds}${printItems(fields.minute)} ${printItems(fields.hour)} ${printItems(fields.day)} ${printItems(fields.month)} ${weekdays}`;
}

function printItems(items: readonly Item[]): string {
  return items.map(printItem).join(',');
}

function printItem(item: Item): string {
  switch (item.kind) {
    case 'all':
      return '*';
    case 'value':
      return String(item.value);
    case 'span': {
      const step = item.step === undefined ? '' : `/${item.step}`;
      return item.isStar ? `*${step}` : `${item.from}-${item.to}${step}`;
    }
    case 'last_day':
      return 'L';
    case 'last_weekday':
      return 'LW';
    case 'nearest_weekday':
      return `${item.day}W`;
    case 'nth':
      return item.nth === 'last' ? `${item.weekday}L` : `${item.weekday}#${item.nth}`;
  }
}
