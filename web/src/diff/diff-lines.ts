export type DiffLine = { readonly kind: 'same' | 'added' | 'removed'; readonly text: string };

/** Lines that are compared; a product beyond this would take seconds. */
const CELLS_MAX = 4_000_000;

/** What has to be taken away from one text and added to it to get the other; `undefined` when they are too long. */
export function diffLines(before: string, after: string): readonly DiffLine[] | undefined {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (
    end < old.length - start &&
    end < now.length - start &&
    old[old.length - 1 - end] === now[now.length - 1 - end]
  ) {
    end += 1;
  }
  const middle = diffMiddle(old.slice(start, old.length - end), now.slice(start, now.length - end));
  if (middle === undefined) return undefined;
  const same = (text: string): DiffLine => ({ kind: 'same', text });
  return [...now.slice(0, start).map(same), ...middle, ...now.slice(now.length - end).map(same)];
}

/** The longest common subsequence, by its table. */
function diffMiddle(
  old: readonly string[],
  now: readonly string[],
): readonly DiffLine[] | undefined {
  const width = now.length + 1;
  if ((old.length + 1) * width > CELLS_MAX) return undefined;
  const table = new Uint32Array((old.length + 1) * width);
  const cell = (row: number, column: number): number => table[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = now.length - 1; column >= 0; column -= 1) {
      table[row * width + column] =
        old[row] === now[column]
          ? cell(row + 1, column + 1) + 1
          : Math.max(cell(row + 1, column), cell(row, column + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [row, column] = [0, 0];
  while (row < old.length || column < now.length) {
    const [removed, added] = [old[row], now[column]];
    if (removed !== undefined && removed === added) {
      lines.push({ kind: 'same', text: removed });
      row += 1;
      column += 1;
    } else if (
      removed !== undefined &&
      (added === undefined || cell(row + 1, column) >= cell(row, column + 1))
    ) {
      lines.push({ kind: 'removed', text: removed });
      row += 1;
    } else {
      lines.push({ kind: 'added', text: added ?? '' });
      column += 1;
    }
  }
  return lines;
}
