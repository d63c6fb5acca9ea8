/** One thing that can be configured. */
export type Setting<Value> = {
  /** What it is for, in one sentence. */
  readonly sentence: string;
  /** What it may be, as words that follow "must be". */
  readonly bound: string;
  readonly default: Value;
  /** @returns `undefined` when the value is out of bounds. */
  readonly read: (value: unknown) => Value | undefined;
  /** Turns the text of a variable or a flag into what a file would say. */
  readonly parse: (text: string) => unknown;
};

const COUNTS_MAX = 100;

export function text(
  fallback: string,
  sentence: string,
  bound: string,
  lengthMax: number,
): Setting<string> {
  return {
    sentence,
    bound,
    default: fallback,
    read: (value) =>
      typeof value === 'string' && value.length <= lengthMax && !/[\0\r\n]/.test(value)
        ? value
        : undefined,
    parse: (text) => text,
  };
}

export function integer(
  fallback: number,
  min: number,
  max: number,
  sentence: string,
): Setting<number> {
  return {
    sentence,
    bound: `a whole number from ${String(min)} to ${String(max)}`,
    default: fallback,
    read: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
        ? value
        : undefined,
    parse: (text) => (/^\d+$/.test(text.trim()) ? Number(text) : text),
  };
}

export function truth(fallback: boolean, sentence: string): Setting<boolean> {
  return {
    sentence,
    bound: 'true or false',
    default: fallback,
    read: (value) => (typeof value === 'boolean' ? value : undefined),
    parse: (text) =>
      text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text,
  };
}

export function choice<Value extends string>(
  fallback: Value,
  values: readonly Value[],
  sentence: string,
): Setting<Value> {
  return {
    sentence,
    bound: `one of ${values.join(', ')}`,
    default: fallback,
    read: (value) => values.find((known) => known === value),
    parse: (text) => text,
  };
}

export function choices<Value extends string>(
  fallback: readonly Value[],
  values: readonly Value[],
  sentence: string,
): Setting<readonly Value[]> {
  return {
    sentence,
    bound: `a list of ${values.join(', ')}`,
    default: fallback,
    read: (value) => {
      if (!Array.isArray(value)) return undefined;
      const known = values.filter((one) => value.includes(one));
      return value.every((item) => values.some((one) => one === item)) ? known : undefined;
    },
    parse: (text) =>
      text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
  };
}

export function origin(fallback: string, sentence: string): Setting<string> {
  return {
    sentence,
    bound: 'an https address without a path, or an http one of this machine',
    default: fallback,
    read: (value) => (typeof value === 'string' ? originIn(value) : undefined),
    parse: (text) => text,
  };
}

/** Without a slash at the end, for it is compared letter by letter. */
function originIn(text: string): string | undefined {
  if (text === '') return '';
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isSafe =
    url.protocol === 'https:' ||
    (url.protocol === 'http:' && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname));
  return isSafe && `${url.origin}/` === url.href ? url.origin : undefined;
}

export function zone(fallback: string, sentence: string): Setting<string> {
  return {
    sentence,
    bound: 'an IANA time zone such as Europe/Berlin',
    default: fallback,
    read: (value) =>
      typeof value === 'string' && (value === '' || isZone(value)) ? value : undefined,
    parse: (text) => text,
  };
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export function list(
  fallback: readonly string[],
  countMax: number,
  sentence: string,
): Setting<readonly string[]> {
  return {
    sentence,
    bound: `a list of at most ${String(countMax)} texts`,
    default: fallback,
    read: (value) =>
      Array.isArray(value) &&
      value.length <= countMax &&
      value.every((item) => typeof item === 'string')
        ? value
        : undefined,
    parse: (text) =>
      text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
  };
}

export function counts(
  fallback: Readonly<Record<string, number>>,
  sentence: string,
): Setting<Readonly<Record<string, number>>> {
  return {
    sentence,
    bound: `an object of at most ${String(COUNTS_MAX)} whole numbers from 1, such as {"gpu": 1}`,
    default: fallback,
    read: (value) => (isCounts(value) ? value : undefined),
    parse: (text) => Object.fromEntries(text.split(',').map(parseCount)),
  };
}

/** `gpu=1`, as variables and flags say it. */
function parseCount(text: string): readonly [string, unknown] {
  const [name = '', count = ''] = text.split('=', 2);
  return [name.trim(), /^\d+$/.test(count.trim()) ? Number(count) : count];
}

function isCounts(value: unknown): value is Readonly<Record<string, number>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= COUNTS_MAX &&
    entries.every(
      ([name, count]) =>
        name !== '' && typeof count === 'number' && Number.isInteger(count) && count >= 1,
    )
  );
}
