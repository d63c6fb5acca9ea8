import { readdir, stat } from 'node:fs/promises';
import { markOf } from './processes.ts';
import { parseSpoolName, readStatus, spoolStem } from './spool.ts';
import type { Sweeper } from './sweeper.ts';

/** By then the runs that an earlier daemon left have been recovered. */
const SEARCH_AFTER_MS = 60_000;

/** Attempts that ended and that nobody recovered are kept this long, to be looked at. */
const UNCLAIMED_MS_MAX = 24 * 60 * 60_000;

/** Attempts looked at in one search; the next start looks at the others. */
const ATTEMPTS_MAX = 10_000;

/** Looks once for attempts whose daemon was killed between their end and their sweeping. */
export function startLeftoverSearch(
  folder: string,
  busy: ReadonlySet<string>,
  sweeper: Sweeper,
): { stop(): void } {
  const timer = setTimeout(() => {
    searchLeftovers(folder, busy, sweeper).catch(() => {
      // The folder is gone or cannot be read; starting a command will tell.
    });
  }, SEARCH_AFTER_MS);
  timer.unref();
  return { stop: () => clearTimeout(timer) };
}

export async function searchLeftovers(
  folder: string,
  busy: ReadonlySet<string>,
  sweeper: Sweeper,
): Promise<void> {
  let looked = 0;
  for (const name of await readdir(folder)) {
    const attempt = parseSpoolName(name);
    if (attempt === undefined) continue;
    const stem = spoolStem(folder, attempt.runId, attempt.attempt);
    if (busy.has(stem)) continue;
    looked += 1;
    if (looked > ATTEMPTS_MAX) return;
    if (await isLeftover(stem)) {
      sweeper.add({ mark: markOf(attempt.runId, attempt.attempt), group: undefined, stem });
    }
  }
}

async function isLeftover(stem: string): Promise<boolean> {
  const status = readStatus(stem);
  if (status.isDrained) return true;
  if (status.exit === undefined) return false;
  const { mtimeMs } = await stat(`${stem}.status`);
  return performance.timeOrigin + performance.now() - mtimeMs > UNCLAIMED_MS_MAX;
}
