export type DiffLine = { readonly kind: 'kept' | 'added' | 'removed'; readonly text: string };

/** Cells of the table in which the longest common part is looked for; beyond, all of it counts as changed. */
const CELLS_MAX = 4_000_000;

/** What makes `after` of `before`, line by line, with as many lines kept as can be told. */
export function diffLines(
  before: readonly string[],
  after: readonly string[],
): readonly DiffLine[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < shorter - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end += 1;
  }
  return [
    ...as('kept', before.slice(0, start)),
    ...diffMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...as('kept', before.slice(before.length - end)),
  ];
}

function as(kind: DiffLine['kind'], texts: readonly string[]): readonly DiffLine[] {
  return texts.map((text) => ({ kind, text }));
}

function diffMiddle(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  if ((before.length + 1) * (after.length + 1) > CELLS_MAX) {
    return [...as('removed', before), ...as('added', after)];
  }
  const common = commonLengths(before, after);
  const width = after.length + 1;
  const lengthAt = (row: number, column: number): number => common[row * width + column] ?? 0;
  const lines: DiffLine[] = [];
  let row = 0;
  let column = 0;
  while (row < before.length || column < after.length) {
    const removed = before[row];
    const added = after[column];
    if (removed !== undefined && removed === added) {
      lines.push({ kind: 'kept', text: removed });
      row += 1;
      column += 1;
    } else if (
      added === undefined ||
      (removed !== undefined && lengthAt(row + 1, column) >= lengthAt(row, column + 1))
    ) {
      lines.push({ kind: 'removed', text: removed ?? '' });
      row += 1;
    } else {
      lines.push({ kind: 'added', text: added });
      column += 1;
    }
  }
  return lines;
}

/** Length of the longest common subsequence of what is left of both, for each pair of places. */
function commonLengths(before: readonly string[], after: readonly string[]): Uint32Array {
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] =
        before[row] === after[column]
          ? (lengths[(row + 1) * width + column + 1] ?? 0) + 1
          : Math.max(
              lengths[(row + 1) * width + column] ?? 0,
              lengths[row * width + column + 1] ?? 0,
            );
    }
  }
  return lengths;
}
