import type { CronFields, FieldName, Item } from './fields.ts';
import { FIELD_RANGES } from './fields.ts';

/** A cron rule made ready for computing: every set is a bit mask or a table of "next value from here". */
export type CompiledCron = {
  /** For each value, the next value of the set at or above it, or -1. */
  readonly seconds: Int8Array;
  readonly minutes: Int8Array;
  readonly hours: Int8Array;
  /** Bit n is month n (1 to 12). */
  readonly months: number;
  readonly days: DayOfMonthSet;
  readonly weekdays: WeekdaySet;
  readonly areDaysJoined: boolean;
  readonly years: readonly number[] | undefined;
  /** No star and no step among seconds, minutes and hours: clock changes neither lose nor repeat it. */
  readonly isFixedTime: boolean;
};

export type DayOfMonthSet = {
  readonly isEvery: boolean;
  /** Bit n is day n (1 to 31). */
  readonly mask: number;
  readonly hasLastDay: boolean;
  readonly hasLastWeekday: boolean;
  readonly nearestWeekdayTo: readonly number[];
};

export type WeekdaySet = {
  readonly isEvery: boolean;
  /** Bit n is weekday n (0 = Sunday). */
  readonly mask: number;
  readonly nth: readonly { readonly weekday: number; readonly nth: number | 'last' }[];
};

export function compileCron(fields: CronFields): CompiledCron {
  return {
    seconds: nextTable('second', fields.second),
    minutes: nextTable('minute', fields.minute),
    hours: nextTable('hour', fields.hour),
    months: maskOf('month', fields.month),
    days: {
      isEvery: isBareStar(fields.day),
      mask: maskOf('day', fields.day),
      hasLastDay: fields.day.some((item) => item.kind === 'last_day'),
      hasLastWeekday: fields.day.some((item) => item.kind === 'last_weekday'),
      nearestWeekdayTo: fields.day.flatMap((item) =>
        item.kind === 'nearest_weekday' ? [item.day] : [],
      ),
    },
    weekdays: {
      isEvery: isBareStar(fields.weekday),
      mask: maskOf('weekday', fields.weekday),
      nth: fields.weekday.flatMap((item) => (item.kind === 'nth' ? [item] : [])),
    },
    areDaysJoined: fields.areDaysJoined,
    years: fields.years,
    isFixedTime: [...fields.second, ...fields.minute, ...fields.hour].every(isFixed),
  };
}

/** The values a field's plain items stand for, ascending. Sunday is 0, also where it was written 7. */
export function valuesOf(field: FieldName, items: readonly Item[]): readonly number[] {
  const { min, max } = FIELD_RANGES[field];
  const values = new Set<number>();
  for (const item of items) {
    if (item.kind === 'all') addSpan(values, min, max, 1);
    if (item.kind === 'value') values.add(item.value);
    if (item.kind === 'span') addSpan(values, item.from, item.to, item.step ?? 1);
  }
  if (field === 'weekday' && values.delete(7)) values.add(0);
  return [...values].sort((a, b) => a - b);
}

export function isBareStar(items: readonly Item[]): boolean {
  return items.length === 1 && items[0]?.kind === 'all';
}

function isFixed(item: Item): boolean {
  return item.kind === 'value' || (item.kind === 'span' && item.step === undefined);
}

function addSpan(values: Set<number>, from: number, to: number, step: number): void {
  for (let value = from; value <= to; value += step) values.add(value);
}

function maskOf(field: FieldName, items: readonly Item[]): number {
  return valuesOf(field, items).reduce((mask, value) => mask | (1 << value), 0);
}

function nextTable(field: FieldName, items: readonly Item[]): Int8Array {
  const values = new Set(valuesOf(field, items));
  const table = new Int8Array(FIELD_RANGES[field].max + 2).fill(-1);
  for (let value = FIELD_RANGES[field].max; value >= 0; value -= 1) {
    table[value] = values.has(value) ? value : (table[value + 1] ?? -1);
  }
  return table;
}
