/** The number of items of a page, or of a list, that was asked for, within bounds. */
export function pageSize(limit: number): number {
  return Math.max(1, Math.min(Math.trunc(limit), PAGE_ITEMS_MAX));
}

const PAGE_ITEMS_MAX = 1_000;
