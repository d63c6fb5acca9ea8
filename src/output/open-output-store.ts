import { rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { RunId } from '../domain/id.ts';
import type { OutputStore, OutputWriter } from '../ports/output.ts';
import { readKept } from './kept-files.ts';
import type { AttemptFiles, Kept } from './kept-files.ts';
import { OutputRecord } from './output-record.ts';
import { readPage } from './read-page.ts';

/**
 * Kept output as files below `folder`, 0600 in folders 0700, one folder for each run. An attempt
 * that printed nothing leaves no file. One process at a time may use a folder.
 */
export function openOutputStore(options: { readonly folder: string }): OutputStore {
  // What is being written is read from here, so that a reader sees it at once.
  const open = new Map<string, OutputRecord>();

  return {
    open(runId, attempt): OutputWriter {
      const files = filesOf(options.folder, runId, attempt);
      const record = new OutputRecord(files, () => {
        if (open.get(files.head) === record) open.delete(files.head);
      });
      open.set(files.head, record);
      return record;
    },

    async read(runId, attempt, query) {
      const files = filesOf(options.folder, runId, attempt);
      const kept: Kept = open.get(files.head)?.kept() ?? (await readKept(files));
      return readPage(files.head, kept, query);
    },

    async remove(runIds) {
      const shards = new Set<string>();
      for (const runId of runIds) {
        const folder = folderOf(options.folder, runId);
        for (const [key, record] of open) {
          if (path.dirname(key) === folder) record.forget();
        }
        await rm(folder, { recursive: true, force: true });
        shards.add(path.dirname(folder));
      }
      for (const shard of shards) await removeIfEmpty(shard);
    },
  };
}

function filesOf(folder: string, runId: RunId, attempt: number): AttemptFiles {
  const stem = path.join(folderOf(folder, runId), `a${attempt}`);
  return { head: `${stem}.out`, index: `${stem}.idx`, tail: `${stem}.tail` };
}

// Ids begin with their time: these five characters change about every nine hours, so that folders
// stay small and empty as a whole when their runs are pruned.
const SHARD_CHARS = 5;

function folderOf(folder: string, runId: RunId): string {
  if (!/^[A-Za-z0-9_]{1,64}$/.test(runId)) throw new Error('This is not the id of a run.');
  const suffix = runId.slice(runId.indexOf('_') + 1);
  return path.join(folder, suffix.slice(0, SHARD_CHARS), runId);
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch {
    // Other runs are in it, or it was never made.
  }
}
