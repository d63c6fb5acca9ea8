/** `PROOF=long` repeats the proofs that work by repetition more often than the normal run. */
export const IS_LONG = process.env['PROOF'] === 'long';

export const PROOF_FACTOR = IS_LONG ? 5 : 1;

/** Histories of the simulation; each run keeps its own in memory. */
export const HISTORIES = IS_LONG ? 60_000 : 20_000;
