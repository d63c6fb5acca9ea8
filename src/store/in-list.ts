/**
 * The list, lengthened by repeating its last item until its length is one of a few, so that the
 * texts of queries with lists are few, and stay prepared. The list must not be empty.
 */
export function inList<Item>(items: readonly Item[]): readonly Item[] {
  const last = items.at(-1);
  const size = LIST_SIZES.find((size) => size >= items.length);
  if (last === undefined || size === undefined) return items;
  return [...items, ...Array.from({ length: size - items.length }, () => last)];
}

/** Cuts a list into parts that fit into one query. */
export function inParts<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const parts: (readonly Item[])[] = [];
  for (let offset = 0; offset < items.length; offset += LIST_ITEMS_MAX) {
    parts.push(items.slice(offset, offset + LIST_ITEMS_MAX));
  }
  return parts;
}

const LIST_ITEMS_MAX = 500;
const LIST_SIZES = [1, 4, 16, 64, 200, LIST_ITEMS_MAX];
