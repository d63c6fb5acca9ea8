import type { StopReason } from '../../ports/executor.ts';
import { stopReasonOf } from './command-context.ts';
import type { CommandContext } from './command-context.ts';
import { followSpool } from './follow-spool.ts';
import type { Follower, Offsets, Writers } from './follow-spool.ts';
import type { Sink } from '../../ports/executor.ts';
import { sendSignal, sendSignalToGroup } from './send-signal.ts';
import { sleep } from './sleep.ts';
import type { Spool } from './spool.ts';
import { listTree, stopTree } from './stop-tree.ts';
import type { Tree } from './stop-tree.ts';

export type Followed<End> = {
  readonly end: End;
  /** Why the attempt was being stopped when it ended, if it was. */
  readonly stop: StopReason | undefined;
};

/** What is followed: a command that runs, and where its output goes. */
export type Followable = {
  readonly tree: Tree & { readonly group: number };
  readonly spool: Spool;
  readonly sink: Sink;
  readonly offsets: Offsets;
};

/**
 * Hands over what a command prints until it has ended, and ends it when `signal` aborts. All output
 * is handed over then, and after a stop no process of it is left.
 *
 * When the executor closes the command goes on; the promise stays open.
 */
export async function followUntil<End>(
  context: CommandContext,
  { tree, spool, sink, offsets }: Followable,
  end: Promise<End>,
  signal: AbortSignal,
): Promise<Followed<End>> {
  const follower = followSpool(spool, sink, offsets);
  const waking = new AbortController();
  const wake = (): void => waking.abort();
  let ended: { readonly end: End } | undefined;
  let stop: StopReason | undefined;
  let stopping: Promise<void> | undefined;
  const beginStop = (): void => {
    if (ended !== undefined || context.closing.aborted) return;
    stop = stopReasonOf(signal);
    stopping = stopTree(tree, context.killAfterMs, context.options.log);
  };
  context.closing.addEventListener('abort', wake);
  signal.addEventListener('abort', beginStop);
  try {
    const ending = end.then((value) => {
      ended = { end: value };
      wake();
      return value;
    });
    if (signal.aborted) beginStop();
    await follow(follower, writersOf(tree), waking.signal);
    // After the end nobody follows; before it, we only woke up because the executor closes.
    if (ended === undefined && context.closing.aborted) return await neverAgain(spool);
    const value = await ending;
    await stopping;
    await follower.drain();
    return { end: value, stop };
  } finally {
    context.closing.removeEventListener('abort', wake);
    signal.removeEventListener('abort', beginStop);
  }
}

// Many commands say something at once; a flood is better noticed early.
const POLL_MS_FIRST = 10;
const POLL_MS_MIN = 50;
const POLL_MS_MAX = 250;
const POLL_BACKOFF = 1.5;

/** With this much in one pass the next one comes soon, so that the spool stays small. */
const FLOOD_BYTES = 256 * 1024;
const FLOOD_POLL_MS = 4;

async function follow(follower: Follower, writers: Writers, until: AbortSignal): Promise<void> {
  let waitMs = POLL_MS_FIRST;
  while (!until.aborted) {
    await sleep(waitMs, until);
    const bytes = follower.pass();
    if (follower.isOverfull()) {
      await follower.truncate(writers);
    }
    if (bytes >= FLOOD_BYTES) waitMs = FLOOD_POLL_MS;
    else waitMs = bytes > 0 ? POLL_MS_MIN : Math.min(POLL_MS_MAX, waitMs * POLL_BACKOFF);
  }
}

/** Also those that left the group, as long as they write so much that the spool has to be truncated. */
function writersOf(tree: Tree & { readonly group: number }): Writers {
  let others: readonly number[] = [];
  return {
    stopGroup: () => sendSignalToGroup(tree.group, 'SIGSTOP'),
    async stopOthers() {
      others = await listTree(tree);
      for (const pid of others) sendSignal(pid, 'SIGSTOP');
    },
    continueAll() {
      sendSignalToGroup(tree.group, 'SIGCONT');
      for (const pid of others) sendSignal(pid, 'SIGCONT');
      others = [];
    },
  };
}

function neverAgain(spool: Spool): Promise<never> {
  spool.close();
  return new Promise(() => {});
}
