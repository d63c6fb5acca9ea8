import { Refusal } from '../domain/refusal.ts';

/** Where a page ended, as text that means nothing to its reader. */
export function encodeCursor(kind: string, position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([kind, ...position])).toString('base64url');
}

/** Reads a cursor of this kind whose positions have these types; refuses anything else as `invalid`. */
export function decodeCursor(
  kind: string,
  types: readonly ('string' | 'number')[],
  cursor: string,
): readonly (string | number)[] {
  const [foundKind, ...position] = cursor.length <= CURSOR_LENGTH_MAX ? itemsOf(cursor) : [];
  const isValid =
    foundKind === kind &&
    position.length === types.length &&
    position.every((value, index) => typeof value === types[index]);
  if (!isValid) {
    throw new Refusal(
      'invalid',
      'The cursor is not one of this list. Use the cursor of the page before, or none for the first page.',
    );
  }
  return position;
}

const CURSOR_LENGTH_MAX = 200;

function itemsOf(cursor: string): readonly (string | number)[] {
  try {
    const items: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(items)) return [];
    return items.filter((item) => typeof item === 'string' || Number.isSafeInteger(item));
  } catch {
    return [];
  }
}
