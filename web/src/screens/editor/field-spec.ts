import type { Draft, Entered } from './draft.ts';

type Base = {
  readonly path: string;
  readonly label: string;
  readonly hint?: string;
  readonly placeholder?: string;
  /** Takes the whole width. */
  readonly isWide?: boolean;
  /** Whether the field is there at all. */
  readonly when?: (draft: Draft) => boolean;
  /** Belongs to the page alone and is not sent. */
  readonly isOnlyHere?: boolean;
  /** How refusals call it beside its path and its label. */
  readonly said?: readonly string[];
  /** Id of a list of suggestions. */
  readonly list?: string;
};

type Options = readonly (readonly [value: string, text: string])[];

/** A field as data: what it is called, where it belongs, and how it is written. */
export type FieldSpec = Base &
  (
    | { readonly kind: 'line' | 'number' | 'pairs' | 'json' | 'blackouts' }
    | { readonly kind: 'area' | 'lines'; readonly isCode?: boolean }
    /** Several words with commas between. */
    | { readonly kind: 'words' }
    /** `tick` sends true; `open` an object, in which the fields below it are. */
    | { readonly kind: 'tick' | 'open' }
    | { readonly kind: 'choice' | 'ticks'; readonly options: Options }
  );

/** What is wrong with one field, told before anything is sent. */
export class FieldProblem extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.name = 'FieldProblem';
    this.path = path;
  }
}

/** What is sent for a field; `undefined` when nothing is. Throws `FieldProblem`. */
export function toSent(spec: FieldSpec, entered: Entered | undefined): unknown {
  if (entered === undefined || entered === false) return undefined;
  if (entered === true) return spec.kind === 'open' ? {} : true;
  if (typeof entered !== 'string') return pairsSent(spec.path, entered);
  const text = entered.trim();
  // A prompt or a script keeps its own white space.
  if (text === '') return undefined;
  switch (spec.kind) {
    case 'area':
      return entered;
    case 'line':
    case 'choice':
    case 'tick':
    case 'open':
    case 'pairs':
      return text;
    case 'number':
      return numberSent(spec, text);
    case 'lines':
      return text.split('\n').filter((line) => line.trim() !== '');
    case 'words':
    case 'ticks':
      return text
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== '');
    case 'json':
      return jsonSent(spec, text);
    case 'blackouts':
      return text.split('\n').flatMap((line) => blackoutSent(spec, line.trim()));
  }
}

function pairsSent(path: string, pairs: Exclude<Entered, string | boolean>): unknown {
  const named = pairs.filter(({ name, value }) => name.trim() !== '' || value !== '');
  if (named.length === 0) return undefined;
  if (named.some(({ name }) => name.trim() === '')) {
    throw new FieldProblem(path, 'A value has no name. Write one, or remove the line.');
  }
  return Object.fromEntries(
    named.map(({ name, value, isSecret }) => [name.trim(), isSecret ? { secret: value } : value]),
  );
}

function numberSent({ path, label }: FieldSpec, text: string): number {
  const number = Number(text);
  if (Number.isFinite(number)) return number;
  throw new FieldProblem(path, `${label} must be a number.`);
}

function jsonSent({ path }: FieldSpec, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FieldProblem(path, 'This is not JSON. Look at its quotes, commas and brackets.');
  }
}

function blackoutSent({ path }: FieldSpec, line: string): readonly unknown[] {
  if (line === '') return [];
  const match = /^(\d{1,2}:\d{2})\s*(?:-|–|to)\s*(\d{1,2}:\d{2})\s*(.*)$/.exec(line);
  if (match === null) {
    throw new FieldProblem(path, 'Write lines such as "22:00-06:00" or "12:00-13:00 sat sun".');
  }
  const [, from, to, days = ''] = match;
  const weekdays = days.split(/[\s,]+/).filter((day) => day !== '');
  return [{ from, to, ...(weekdays.length === 0 ? {} : { weekdays }) }];
}

/** What stands in a field for what the daemon told. */
export function toEntered(spec: FieldSpec, told: unknown): Entered {
  if (spec.kind === 'tick' || spec.kind === 'open') return Boolean(told);
  if (spec.kind === 'pairs') return pairsEntered(told);
  if (told === null || told === undefined) return '';
  switch (spec.kind) {
    case 'lines':
      return Array.isArray(told) ? told.join('\n') : plainText(told);
    case 'words':
    case 'ticks':
      return Array.isArray(told) ? told.join(', ') : plainText(told);
    case 'json':
      return isEmpty(told) ? '' : JSON.stringify(told, undefined, 2);
    case 'blackouts':
      return Array.isArray(told) ? told.map(blackoutEntered).join('\n') : '';
    case 'line':
    case 'area':
    case 'number':
    case 'choice':
      return plainText(told);
  }
}

function plainText(told: unknown): string {
  return typeof told === 'string' ? told : JSON.stringify(told);
}

function isEmpty(told: unknown): boolean {
  return typeof told === 'object' && told !== null && Object.keys(told).length === 0;
}

function pairsEntered(told: unknown): Entered {
  return Object.entries((told ?? {}) as Readonly<Record<string, unknown>>).map(([name, value]) =>
    typeof value === 'string'
      ? { name, value, isSecret: false }
      : { name, value: (value as { readonly secret?: string }).secret ?? '', isSecret: true },
  );
}

function blackoutEntered(told: unknown): string {
  const { from, to, weekdays } = told as {
    readonly from: string;
    readonly to: string;
    readonly weekdays: readonly string[];
  };
  return [`${from}-${to}`, ...weekdays].join(' ');
}
