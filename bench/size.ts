/** How much of a benchmark is done: everything, or enough to see that it works. */
export type Size = { readonly isQuick: boolean };
