import { plainOf } from './ansi.ts';

/** Where each line stands, in rows: one row for each line, or as many as it takes when it is wrapped. */
export type Rows = {
  /** The row at which a line begins. */
  topOf(line: number): number;
  /** The line that a row belongs to. */
  lineAt(row: number): number;
  readonly total: number;
};

const TAB_COLUMNS = 8;

/** @param columns characters that fit into a row; absent when lines are not wrapped. */
export function rowsOf(lines: readonly string[], columns: number | undefined): Rows {
  if (columns === undefined) {
    return { topOf: (line) => line, lineAt: (row) => row, total: lines.length };
  }
  const tops = new Uint32Array(lines.length + 1);
  for (let line = 0; line < lines.length; line += 1) {
    const rows = Math.max(1, Math.ceil(columnsOf(lines[line] ?? '') / columns));
    tops[line + 1] = (tops[line] ?? 0) + rows;
  }
  return {
    topOf: (line) => tops[Math.min(line, lines.length)] ?? 0,
    lineAt: (row) => lastAtMost(tops, row),
    total: tops[lines.length] ?? 0,
  };
}

/** What takes two columns in a terminal: the scripts of East Asia, and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]/gu;

function columnsOf(line: string): number {
  const plain = plainOf(line);
  // Nearly every line is plain ASCII.
  if (/^[\x20-\x7e]*$/.test(plain)) return plain.length;
  const tabs = plain.split('\t').length - 1;
  const wide = plain.match(WIDE)?.length ?? 0;
  // Of a pair of surrogates one counts.
  const characters = plain.replaceAll(/[\ud800-\udbff]/g, '').length;
  return characters + wide + tabs * (TAB_COLUMNS - 1);
}

/** The last line whose top is not below the row. */
function lastAtMost(tops: Uint32Array, row: number): number {
  let low = 0;
  let high = tops.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((tops[middle] ?? 0) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}
