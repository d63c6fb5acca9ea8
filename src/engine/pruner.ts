import type { EnginePorts } from './engine-ports.ts';

/** The most rows that one pass removes, so that it blocks nothing else for long. */
const ROWS_PER_PASS = 200;

/**
 * Time between two passes while a round over the tasks goes on, and between two rounds, in milliseconds. A
 * pass takes a few milliseconds, so a round over a million tasks takes twenty minutes of which nothing is felt.
 */
const MORE_WAIT_MS = 200;
export const PRUNE_EVERY_MS = 10 * 60_000;

/** Removes runs beyond their retention, with their output. @returns milliseconds to the next pass. */
export async function pruneOnce(ports: EnginePorts): Promise<number> {
  const { runIds, hasMore } = await ports.store.prune(await ports.store.now(), ROWS_PER_PASS);
  await ports.output.remove(runIds);
  return hasMore ? MORE_WAIT_MS : PRUNE_EVERY_MS;
}
