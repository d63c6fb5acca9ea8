import type { Log } from '../../ports/log.ts';
import { forEachLimited, listPids, readMark } from './processes.ts';
import { sendSignalToGroup } from './send-signal.ts';
import { removeSpoolLater } from './spool.ts';
import { stopTree } from './stop-tree.ts';
import type { Tree } from './stop-tree.ts';

/** An attempt that has ended, and whose spool goes when none of its processes is left. */
export type Ended = Tree & {
  readonly stem: string;
};

export type Sweeper = {
  add(ended: Ended): void;
  /** Sweeps what is waiting, then does nothing any more. */
  close(): Promise<void>;
};

/** How long ended attempts are collected before one look at all processes serves them together. */
const SWEEP_MS = 250;

/** How long a process that a command left behind has to end when asked. */
const LEFTOVER_KILL_AFTER_MS = 500;

/**
 * Ends what commands leave behind when they have ended. Most leave nothing, so this is arranged to
 * cost nearly nothing per run: one look at the processes serves all runs of a quarter of a second,
 * and looks only at those that it has not seen before.
 */
export function startSweeper(log: Log): Sweeper {
  const marks = new MarkMemory();
  let waiting: Ended[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> = Promise.resolve();
  let isClosed = false;

  function schedule(): void {
    if (timer !== undefined || isClosed) return;
    timer = setTimeout(() => {
      timer = undefined;
      sweeping = sweeping.then(sweep);
    }, SWEEP_MS);
    timer.unref();
  }

  async function sweep(): Promise<void> {
    const batch = waiting;
    waiting = [];
    try {
      await sweepBatch(batch, marks, log);
    } catch (error) {
      // The next start finds the files that stay.
      log.error('Sweeping after ended runs failed.', { runs: batch.length }, error);
    }
  }

  return {
    add(ended) {
      // Sent at once, while the id of the group cannot be anybody else's.
      if (ended.group !== undefined && sendSignalToGroup(ended.group, 'SIGTERM')) {
        sendSignalToGroup(ended.group, 'SIGCONT');
      }
      waiting.push(ended);
      schedule();
    },

    async close() {
      isClosed = true;
      clearTimeout(timer);
      await sweeping;
      await sweep();
    },
  };
}

async function sweepBatch(batch: readonly Ended[], marks: MarkMemory, log: Log): Promise<void> {
  if (batch.length === 0) return;
  const marked = await marks.look();
  await forEachLimited(batch, async (ended) => {
    const hasGroup = ended.group !== undefined && sendSignalToGroup(ended.group, 0);
    if (hasGroup || marked.has(ended.mark)) await stopTree(ended, LEFTOVER_KILL_AFTER_MS, log);
    await removeSpoolLater(ended.stem);
  });
}

/** What is remembered about processes is forgotten after this: their ids are used again. */
const MEMORY_MS_MAX = 2_000;

type Seen = { readonly mark: string | undefined; readonly times: number };

/** The marks of all processes, with as few looks as will do. */
class MarkMemory {
  #seen = new Map<number, Seen>();
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** The marks that live processes bear. */
  async look(): Promise<ReadonlySet<string>> {
    const now = performance.now();
    const before = now - this.#lookedAt > MEMORY_MS_MAX ? new Map<number, Seen>() : this.#seen;
    this.#lookedAt = now;
    this.#seen = new Map();
    if (process.platform !== 'linux') return new Set();
    await forEachLimited(await listPids(), async (pid) => {
      if (pid === process.pid) return;
      const known = before.get(pid);
      // Between fork and exec a process still bears the marks of its parent, so one look is not enough.
      const isSettled = known !== undefined && known.times > 1;
      const mark = isSettled ? known.mark : await readMark(pid);
      const times = known !== undefined && known.mark === mark ? known.times + 1 : 1;
      this.#seen.set(pid, { mark, times });
    });
    return new Set(
      [...this.#seen.values()].flatMap(({ mark }) => (mark === undefined ? [] : [mark])),
    );
  }
}
