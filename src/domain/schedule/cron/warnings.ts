import { isBareStar, valuesOf } from './compile.ts';
import { type CronFields, FIELD_RANGES, type FieldName, type Item } from './fields.ts';

/** What is allowed and yet often not meant; the clock changes of a zone are the receipt's subject. */
export function warningsFor(fields: CronFields): readonly string[] {
  return [
    ...dayFields(fields),
    ...unevenSteps('second', fields.second),
    ...unevenSteps('minute', fields.minute),
    ...unevenSteps('hour', fields.hour),
    ...unevenSteps('day', fields.day),
    ...unevenSteps('month', fields.month),
    ...skippedMonths(fields),
  ];
}

function dayFields(fields: CronFields): readonly string[] {
  if (isBareStar(fields.day) || isBareStar(fields.weekday)) return [];
  return fields.areDaysJoined
    ? ['Day of month and day of week are both set, and the "+" means that both must match.']
    : [
        'Day of month and day of week are both set, and cron runs when either matches. For both, write "+" before the weekday.',
      ];
}

/** A step that does not divide its field starts anew at each turn, so the last gap is shorter. */
function unevenSteps(field: FieldName, items: readonly Item[]): readonly string[] {
  const { label, min, max } = FIELD_RANGES[field];
  const size = max - min + 1;
  return items.flatMap((item) => {
    if (item.kind !== 'span' || item.step === undefined || !coversField(item, min, max)) return [];
    // Months differ in length, so no step divides the days of all of them.
    if (item.step === 1 || (field !== 'day' && size % item.step === 0)) return [];
    const values = valuesOf(field, [item]).join(', ');
    const list = values.length > 40 ? `${values.slice(0, 40)}…` : values;
    return [
      `The step ${item.step} does not divide the ${label} field: it matches ${list} and starts anew each time, so the gaps are not equal.`,
    ];
  });
}

function coversField(item: Extract<Item, { kind: 'span' }>, min: number, max: number): boolean {
  return item.isStar || (item.from === min && item.to === max);
}

/** Warns when the only days of the month are ones that some of the months do not have. */
function skippedMonths(fields: CronFields): readonly string[] {
  const isDayAlone = isBareStar(fields.weekday) || fields.areDaysJoined;
  const days = fields.day.map((item) => (item.kind === 'nearest_weekday' ? item.day : undefined));
  const plain = valuesOf('day', fields.day);
  const isOpen = fields.day.some(
    (item) => item.kind === 'last_day' || item.kind === 'last_weekday',
  );
  const earliest = Math.min(...plain, ...days.filter((day) => day !== undefined));
  if (!isDayAlone || isOpen || earliest < 29 || !Number.isFinite(earliest)) return [];
  const lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const skipped = valuesOf('month', fields.month).filter(
    (month) => (lengths[month - 1] ?? 31) < earliest || (month === 2 && earliest === 29),
  );
  if (skipped.length === 0) return [];
  return [
    `Day ${earliest} does not exist in every month, so the shorter months are skipped. For the last day of each month, write "L".`,
  ];
}
