const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const WEEKDAYS_SHORT: ReadonlyMap<string, number> = new Map([
  ...WEEKDAYS.map((name, index): [string, number] => [name.slice(0, 3), index]),
  ['tues', 2],
  ['wednes', 3],
  ['thur', 4],
  ['thurs', 4],
]);
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth'];

/** 0 (Sunday) to 6 for a weekday in lower case: "friday", "fridays", "fri". */
export function weekdayNamed(word: string): number | undefined {
  const singular = word.length > 5 && word.endsWith('s') ? word.slice(0, -1) : word;
  const index = WEEKDAYS.indexOf(singular);
  return index === -1 ? WEEKDAYS_SHORT.get(word) : index;
}

/** Weekdays in a list or a range: "monday and thursday", "mon, wed, fri", "monday to friday". */
export function weekdaysIn(text: string): readonly number[] | undefined {
  const range = /^([a-z]+) ?(?:to|through|until|-|–) ?([a-z]+)$/.exec(text);
  if (range !== null) return weekdayRange(range[1] ?? '', range[2] ?? '');
  const days = text.split(/, and |, ?| and /).map((word) => weekdayNamed(word.trim()));
  const known = days.filter((day) => day !== undefined);
  return known.length === days.length ? [...new Set(known)] : undefined;
}

function weekdayRange(first: string, last: string): readonly number[] | undefined {
  const from = weekdayNamed(first);
  const to = weekdayNamed(last);
  if (from === undefined || to === undefined || from === to) return undefined;
  return Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, index) => (from + index) % 7);
}

/** 1 to 12 for a month in lower case, whole or its first three letters. */
export function monthNamed(word: string): number | undefined {
  const index = MONTHS.findIndex(
    (name) =>
      name === word || name.slice(0, 3) === word || (word === 'sept' && name === 'september'),
  );
  return index === -1 ? undefined : index + 1;
}

/** 1 to 31 for "1st", "22nd", "31st"; the ending must be the right one. */
export function dayOrdinal(word: string): number | undefined {
  const match = /^(\d{1,2})(st|nd|rd|th)$/.exec(word);
  if (match === null) {
    const index = ORDINALS.indexOf(word);
    return index === -1 ? undefined : index + 1;
  }
  const day = Number(match[1]);
  const isTeen = day >= 11 && day <= 13;
  const ending = isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th');
  return day >= 1 && day <= 31 && match[2] === ending ? day : undefined;
}

/** 1 to 5, or the last one: "first", "2nd", "last". */
export function positionNamed(word: string): number | 'last' | undefined {
  if (word === 'last') return 'last';
  const position = dayOrdinal(word);
  return position !== undefined && position <= 5 ? position : undefined;
}
