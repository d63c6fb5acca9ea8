/** `PROOF=long` repeats the proofs that work by repetition ten times as often as the normal run. */
export const PROOF_FACTOR = process.env['PROOF'] === 'long' ? 10 : 1;
