import { DIFFERENCE_CHARS_MAX, type Compare, type Difference } from './compare.ts';
import { diffLines } from './diff-lines.ts';
import { stateOfResult, type ResultState } from './state-of-result.ts';

/** What the next run of a task is compared with. */
export type ComparedResult = {
  /** By what it was read. */
  readonly by: Compare;
  readonly state: ResultState;
  /** When a run first came to it. */
  readonly since: Temporal.Instant;
};

/**
 * What has changed between the result before and this one, and what the next one is compared with. A
 * result that was read by another rule cannot be compared.
 */
export function findDifference(
  result: string,
  by: Compare,
  before: ComparedResult | undefined,
  now: Temporal.Instant,
): { readonly difference: Difference; readonly compared: ComparedResult } {
  const state = stateOfResult(result, by);
  const fresh = { by, state, since: now };
  if (before === undefined || JSON.stringify(before.by) !== JSON.stringify(by)) {
    return { difference: { kind: 'first' }, compared: fresh };
  }
  const { since } = before;
  const lines = changedLines(before.state, state);
  if (lines.length === 0) {
    return { difference: { kind: 'same', since }, compared: { by, state, since } };
  }
  const text = lines.join('\n');
  return {
    difference: {
      kind: 'changed',
      since,
      added: lines.filter((line) => line.startsWith('+')).length,
      removed: lines.filter((line) => line.startsWith('-')).length,
      text: text.slice(0, DIFFERENCE_CHARS_MAX).toWellFormed(),
      isCut: text.length > DIFFERENCE_CHARS_MAX,
    },
    compared: fresh,
  };
}

const SIGNS = { added: '+', removed: '-', kept: ' ' } as const;

function changedLines(before: ResultState, after: ResultState): readonly string[] {
  if (before.kind === 'items' && after.kind === 'items') {
    const known = new Set(before.items.map(([identity]) => identity));
    const present = new Set(after.items.map(([identity]) => identity));
    const added = after.items.filter(([identity]) => !known.has(identity));
    const removed = before.items.filter(([identity]) => !present.has(identity));
    return [
      ...added.map(([, text]) => `+ ${onOneLine(text)}`),
      ...removed.map(([, text]) => `- ${onOneLine(text)}`),
    ];
  }
  return diffLines(linesOf(before), linesOf(after))
    .filter(({ kind }) => kind !== 'kept')
    .map(({ kind, text }) => `${SIGNS[kind]} ${text}`);
}

function linesOf(state: ResultState): readonly string[] {
  return state.kind === 'text' ? state.text.split('\n') : state.items.map(([, text]) => text);
}

function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

/** As it is kept between runs. */
export function writeCompared(compared: ComparedResult): string {
  return JSON.stringify(compared);
}

/** `undefined` for what nobody can read any more. */
export function readCompared(text: string | undefined): ComparedResult | undefined {
  if (text === undefined) return undefined;
  const json = JSON.parse(text) as ComparedResult & { readonly since: string };
  return { ...json, since: Temporal.Instant.from(json.since) };
}
