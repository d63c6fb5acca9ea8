/** How the results of a task's runs are compared. */
export type Compare =
  /** The whole text, line by line. */
  | { readonly kind: 'text' }
  /** One value of a result in JSON. */
  | { readonly kind: 'json'; readonly path: string }
  /** Items that came and went: those of a list in JSON, else lines. */
  | {
      readonly kind: 'items';
      /** Where the list is; the whole result when absent. */
      readonly path: string | undefined;
      /** Where in an item is what tells it from others; the whole item when absent. */
      readonly identity: string | undefined;
    };

/** What has changed since the last run that ended well. */
export type Difference =
  | { readonly kind: 'first' }
  | {
      readonly kind: 'same';
      /** When a run first came to this. */
      readonly since: Temporal.Instant;
    }
  | {
      readonly kind: 'changed';
      /** When a run first came to what is no longer so. */
      readonly since: Temporal.Instant;
      readonly added: number;
      readonly removed: number;
      /** Lines that begin with `+` or `-`; from outside, and bounded (DIFFERENCE_CHARS_MAX). */
      readonly text: string;
      readonly isCut: boolean;
    };

export const DIFFERENCE_CHARS_MAX = 16_384;
