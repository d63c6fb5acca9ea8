const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 50;

/** How many items a list answers with: what was asked for, inside its bound. */
export function pageLimit(asked: number | undefined): number {
  if (asked === undefined || !Number.isFinite(asked)) return LIMIT_DEFAULT;
  return Math.min(LIMIT_MAX, Math.max(1, Math.trunc(asked)));
}
