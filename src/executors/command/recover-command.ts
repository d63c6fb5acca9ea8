import type { CommandAction } from '../../domain/action.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { Execution, Sink } from '../../ports/executor.ts';
import type { CommandContext } from './command-context.ts';
import { followSpool } from './follow-spool.ts';
import type { Offsets } from './follow-spool.ts';
import { followUntil } from './follow-until.ts';
import type { Followable, Followed } from './follow-until.ts';
import { judgeExit } from './judge-exit.ts';
import type { Exit } from './judge-exit.ts';
import { listProcesses, markOf, readMark } from './processes.ts';
import type { Mark } from './processes.ts';
import { runPs } from './run-ps.ts';
import { sendSignal } from './send-signal.ts';
import { sleep } from './sleep.ts';
import { removeSpool, Spool, spoolStem } from './spool.ts';
import { listTree, stopTree } from './stop-tree.ts';
import { titleOf } from './wrapper.ts';

/**
 * Goes on with an attempt whose daemon died: takes its outcome from the files if it has ended, or
 * follows it if it still runs. Else what it printed is handed over, what is left of it is ended, and
 * nobody knows how it went.
 */
export async function recoverCommand(
  context: CommandContext,
  execution: Execution<CommandAction>,
  sink: Sink,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const mark = markOf(execution.run.id, execution.attempt);
  const stem = spoolStem(context.options.folder, execution.run.id, execution.attempt);
  const spool = Spool.reopen(stem);
  if (spool === undefined) {
    context.sweeper.add({ mark, group: undefined, stem });
    return undefined;
  }
  context.busy.add(stem);
  try {
    const offsets = resume(spool, sink);
    const { end, stop } = await findEnd(context, mark, { spool, sink, offsets }, signal);
    if (end === undefined && stop === undefined) {
      await stopTree({ mark, group: undefined }, context.killAfterMs, context.options.log);
      removeSpool(stem);
      return undefined;
    }
    const durationMs = Math.round(spool.elapsedMs());
    spool.noteDrained();
    // Its id may be anybody's by now, so what is left is found by its mark.
    context.sweeper.add({ mark, group: undefined, stem });
    return judgeExit(end ?? { kind: 'killed', signal: 'SIGKILL' }, stop, {
      durationMs,
      outputBytes: sink.bytes,
      outputIsCut: sink.isCut,
    });
  } finally {
    context.busy.delete(stem);
    spool.close();
  }
}

/**
 * Where to go on reading: from the start, unless some of the output was truncated away. Then the
 * sink goes on with what it has, and what it did not get before the daemon died counts as left out.
 */
function resume(spool: Spool, sink: Sink): Offsets {
  const gone = { stdout: spool.baseOf('stdout'), stderr: spool.baseOf('stderr') };
  const missing = gone.stdout + gone.stderr - sink.bytes;
  if (gone.stdout + gone.stderr === 0) {
    sink.restart();
    return { stdout: 0, stderr: 0 };
  }
  if (missing >= 0) {
    const ofStdout = Math.min(missing, gone.stdout);
    if (ofStdout > 0) sink.skip('stdout', ofStdout);
    if (missing > ofStdout) sink.skip('stderr', missing - ofStdout);
    return { stdout: 0, stderr: 0 };
  }
  const stdout = Math.min(-missing, spool.size('stdout'));
  return { stdout, stderr: Math.min(-missing - stdout, spool.size('stderr')) };
}

/** How the command ended, once it has; `undefined` when nobody can tell any more. */
async function findEnd(
  context: CommandContext,
  mark: Mark,
  { spool, sink, offsets }: Omit<Followable, 'tree'>,
  signal: AbortSignal,
): Promise<Followed<Exit | undefined>> {
  const group = spool.status().exit === undefined ? await findWrapper(spool, mark) : undefined;
  if (group === undefined) {
    await followSpool(spool, sink, offsets).drain();
    return { end: exitOf(spool), stop: undefined };
  }
  if (spool.wasStopped) {
    for (const pid of await listTree({ mark, group })) sendSignal(pid, 'SIGCONT');
    spool.noteContinued();
  }
  const end = untilEnded(spool, group, mark, context.closing);
  return followUntil(context, { tree: { mark, group }, spool, sink, offsets }, end, signal);
}

function exitOf(spool: Spool): Exit | undefined {
  const status = spool.status().exit;
  return status === undefined ? undefined : { kind: 'status', status };
}

/** Process id of the wrapper, if it lives. */
async function findWrapper(spool: Spool, mark: Mark): Promise<number | undefined> {
  const { pid } = spool.status();
  if (pid !== undefined) return (await isWrapper(pid, mark)) ? pid : undefined;
  // It was started a moment ago and has not recorded its id yet: it leads its group.
  const all = await listProcesses();
  return all.find((one) => one.mark === mark && one.pid === one.group)?.pid;
}

const END_POLL_MS = 100;

async function untilEnded(
  spool: Spool,
  pid: number,
  mark: Mark,
  closing: AbortSignal,
): Promise<Exit | undefined> {
  while (!closing.aborted) {
    const isAlive = await isWrapper(pid, mark);
    // Read after the look: a wrapper that is gone has written all it was going to.
    const exit = exitOf(spool);
    if (exit !== undefined || !isAlive) return exit;
    await sleep(END_POLL_MS, closing);
  }
  return new Promise(() => {});
}

/** Whether this process is the wrapper of the attempt and not another that got its id since. */
async function isWrapper(pid: number, mark: Mark): Promise<boolean> {
  if (process.platform === 'linux') return (await readMark(pid)) === mark;
  if (process.platform === 'win32') return false;
  return (await runPs(['-p', String(pid), '-o', 'args='])).includes(titleOf(mark));
}
