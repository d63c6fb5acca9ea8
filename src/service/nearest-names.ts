const NAMES_TOLD_MAX = 3;
/** Longer texts are compared by their beginnings: the work grows with the square of it. */
const COMPARED_CHARS_MAX = 120;

/** Up to three of `names` that someone who wrote `asked` may have meant, nearest first. */
export function nearestNames(asked: string, names: readonly string[]): readonly string[] {
  const wanted = folded(asked);
  if (wanted === '') return [];
  return [...new Set(names)]
    .map((name) => ({ name, distance: distanceOf(wanted, folded(name)) }))
    .filter(({ distance }) => distance <= Math.max(2, Math.floor(wanted.length / 3)))
    .sort((one, other) => one.distance - other.distance)
    .slice(0, NAMES_TOLD_MAX)
    .map(({ name }) => name);
}

/** A name that contains what was asked for is as near as a typing error. */
function distanceOf(wanted: string, name: string): number {
  return name.includes(wanted)
    ? Math.min(1, name.length - wanted.length)
    : editDistance(wanted, name);
}

function folded(text: string): string {
  return text
    .slice(0, COMPARED_CHARS_MAX)
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
}

/** Insertions, deletions and replacements between two texts (Levenshtein). */
function editDistance(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (above[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    above = current;
  }
  return above[other.length] ?? 0;
}
