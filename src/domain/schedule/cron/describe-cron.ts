import { valuesOf } from './compile.ts';
import { describeDates } from './describe-dates.ts';
import { joined } from './english.ts';
import { type CronFields, FIELD_RANGES, type FieldName, type Item } from './fields.ts';

const CLOCK_TIMES_MAX = 8;

/** A cron rule in an English sentence that says "or" where cron means or. */
export function describeCron(fields: CronFields): string {
  const dates = describeDates(fields);
  const clock = clockTimes(fields);
  if (clock !== undefined) return capital(`${dates} at ${joined(clock)}`);
  const times = timesInWords(fields);
  return capital(dates === 'every day' ? times : `${times}, ${dates}`);
}

/** The times of day when there are few of them: ["09:00", "17:00"]. */
function clockTimes(fields: CronFields): readonly string[] | undefined {
  const { second, minute, hour } = fields;
  if (![...second, ...minute, ...hour].every((item) => item.kind === 'value')) return undefined;
  const times = valuesOf('hour', hour).flatMap((hours) =>
    valuesOf('minute', minute).flatMap((minutes) =>
      valuesOf('second', second).map((seconds) => {
        const ending = fields.hasSeconds && seconds !== 0 ? `:${two(seconds)}` : '';
        return `${two(hours)}:${two(minutes)}${ending}`;
      }),
    ),
  );
  return times.length <= CLOCK_TIMES_MAX ? times : undefined;
}

function timesInWords({ second, minute, hour }: CronFields): string {
  const isOnTheMinute = second.length === 1 && valuesOf('second', second).join() === '0';
  const rest = minutesInWords(minute, hour, isOnTheMinute);
  if (isOnTheMinute) return rest;
  if (isEvery('second', second))
    return isEvery('minute', minute) && isEvery('hour', hour)
      ? 'every second'
      : `every second of ${asNoun(rest)}`;
  const pace = evenStep(second, 60);
  const seconds =
    pace === undefined
      ? `at ${plural('second', valuesOf('second', second))}`
      : `every ${pace} seconds`;
  if (isEvery('minute', minute) && isEvery('hour', hour)) {
    return pace === undefined ? `${seconds} of every minute` : seconds;
  }
  return `${seconds} of ${asNoun(rest)}`;
}

function minutesInWords(
  minute: readonly Item[],
  hour: readonly Item[],
  isOnTheMinute: boolean,
): string {
  const pace = evenStep(minute, 60);
  const minutes = valuesOf('minute', minute);
  const isOnTheHour = minutes.length === 1 && minutes[0] === 0;
  const hours = hoursInWords(hour);
  if (isEvery('minute', minute))
    return hours === undefined ? 'every minute' : `every minute ${hours}`;
  if (pace !== undefined) {
    return hours === undefined ? `every ${pace} minutes` : `every ${pace} minutes ${hours}`;
  }
  const hourPace = evenStep(hour, 24);
  if (isOnTheHour && isOnTheMinute && hourPace !== undefined) {
    return `every ${hourPace} hours, on the hour`;
  }
  if (isOnTheHour && isOnTheMinute && hours === undefined) return 'every hour, on the hour';
  return `at ${plural('minute', minutes)} ${hours ?? 'of every hour'}`;
}

/** Undefined for every hour. */
function hoursInWords(hour: readonly Item[]): string | undefined {
  if (isEvery('hour', hour)) return undefined;
  const pace = evenStep(hour, 24);
  if (pace !== undefined) return `of every ${ordinalPace(pace)} hour from 00`;
  const [only] = hour;
  if (hour.length === 1 && only?.kind === 'span' && only.step === undefined) {
    return `from ${two(only.from)}:00 to ${two(only.to)}:59`;
  }
  return `of the ${plural('hour', valuesOf('hour', hour).map(two))}`;
}

/** The step of a field that is one starred step and divides it, so that all gaps are equal. */
function evenStep(items: readonly Item[], size: number): number | undefined {
  const [only] = items;
  if (items.length !== 1 || only?.kind !== 'span' || only.step === undefined) return undefined;
  const isWhole = only.isStar || (only.from === 0 && only.to === size - 1);
  return isWhole && only.step > 1 && size % only.step === 0 ? only.step : undefined;
}

/** Every value of the field, however that is written. */
function isEvery(field: FieldName, items: readonly Item[]): boolean {
  const { min, max } = FIELD_RANGES[field];
  return valuesOf(field, items).length === max - min + 1;
}

function asNoun(times: string): string {
  return times.replace(/^at /, '').replace(/^every (\d+) minutes/, 'each $1th minute');
}

function plural(unit: string, values: readonly (number | string)[]): string {
  return `${unit}${values.length === 1 ? '' : 's'} ${joined(values.map(String))}`;
}

function ordinalPace(pace: number): string {
  return pace === 2 ? '2nd' : pace === 3 ? '3rd' : `${pace}th`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
