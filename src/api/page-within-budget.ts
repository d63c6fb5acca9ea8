import type { Page } from '../ports/store.ts';

/** About what an answer may cost the model that reads it, in characters of JSON. */
const ANSWER_CHARS_MAX = 20_000;
export const PAGE_ITEMS_DEFAULT = 20;
export const PAGE_ITEMS_MAX = 50;

/** The page, asked for anew with fewer items while its view is larger than an answer may be. */
export async function pageWithinBudget<Item, View>(
  itemsMax: number,
  list: (limit: number) => Promise<Page<Item>>,
  view: (item: Item) => View,
): Promise<{ readonly views: View[]; readonly cursor: string | null; readonly isCut: boolean }> {
  for (let limit = itemsMax; ; limit = Math.floor(limit / 2)) {
    const page = await list(limit);
    const views = page.items.map(view);
    if (limit <= 1 || JSON.stringify(views).length <= ANSWER_CHARS_MAX) {
      return { views, cursor: page.cursor ?? null, isCut: limit < itemsMax };
    }
  }
}
