/** `PROOF=long` repeats the proofs that work by repetition more often than the normal run. */
const isLong = process.env['PROOF'] === 'long';

export const PROOF_FACTOR = isLong ? 5 : 1;

/** Histories of the simulation; each run keeps its own in memory. */
export const HISTORIES = isLong ? 60_000 : 20_000;
