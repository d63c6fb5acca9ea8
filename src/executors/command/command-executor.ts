import { mkdirSync } from 'node:fs';
import type { CommandAction } from '../../domain/action.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { Execution, Executor, Sink } from '../../ports/executor.ts';
import { stopReasonOf } from './command-context.ts';
import type { CommandContext, CommandExecutorOptions } from './command-context.ts';
import { followUntil } from './follow-until.ts';
import { startLeftoverSearch } from './leftover-search.ts';
import { judgeExit, notStarted, stoppedBeforeStart } from './judge-exit.ts';
import { prepareCommand } from './prepare-command.ts';
import { markOf } from './processes.ts';
import { recoverCommand } from './recover-command.ts';
import { removeSpool, Spool, spoolStem } from './spool.ts';
import { startCommand } from './start-command.ts';
import type { StartedCommand } from './start-command.ts';
import { startSweeper } from './sweeper.ts';
import { stopTree } from './stop-tree.ts';
import { titleOf } from './wrapper.ts';

const KILL_AFTER_MS = 4_000;

/**
 * Runs commands so that they outlive the daemon: output goes to files, and a wrapper records how the
 * command ended. `recover` finds both again. `close` leaves running commands alone; their promises
 * stay open then, because how they end is for the next daemon to tell.
 *
 * On Windows there is no wrapper, so a daemon that was killed cannot tell how its commands ended.
 */
export function commandExecutor(
  options: CommandExecutorOptions,
): Executor<CommandAction> & { close(): Promise<void> } {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const closing = new AbortController();
  const context: CommandContext = {
    options,
    killAfterMs: options.killAfterMs ?? KILL_AFTER_MS,
    sweeper: startSweeper(options.log),
    closing: closing.signal,
    busy: new Set(),
  };
  const leftovers = startLeftoverSearch(options.folder, context.busy, context.sweeper);
  return {
    kind: 'command',
    execute: (execution, sink, signal) => executeCommand(context, execution, sink, signal),
    recover: (execution, sink, signal) => recoverCommand(context, execution, sink, signal),
    async close() {
      leftovers.stop();
      closing.abort();
      await context.sweeper.close();
    },
  };
}

async function executeCommand(
  context: CommandContext,
  execution: Execution<CommandAction>,
  sink: Sink,
  signal: AbortSignal,
): Promise<Outcome> {
  const { options } = context;
  const startedMs = options.clock.monotonicMs();
  const prepared = await prepareCommand(options.environment, options.home, execution);
  if (prepared.kind === 'refused') return notStarted(prepared.reason, prepared.message, false);
  if (signal.aborted) return stoppedBeforeStart(stopReasonOf(signal));
  const stem = spoolStem(options.folder, execution.run.id, execution.attempt);
  const spool = createSpool(stem);
  if (spool === undefined) return refusedStart('ENOSPC');
  context.busy.add(stem);
  try {
    const title = titleOf(markOf(execution.run.id, execution.attempt));
    const started = await startCommand(prepared, execution.action, spool, title);
    if (started.kind === 'refused') {
      removeSpool(stem);
      return refusedStart(started.code);
    }
    const outcome = await followCommand(context, execution, spool, started.command, sink, signal);
    return withDuration(outcome, options.clock.monotonicMs() - startedMs);
  } finally {
    context.busy.delete(stem);
    spool.close();
  }
}

function createSpool(stem: string): Spool | undefined {
  try {
    return Spool.create(stem);
  } catch {
    return undefined;
  }
}

async function followCommand(
  context: CommandContext,
  execution: Execution<CommandAction>,
  spool: Spool,
  command: StartedCommand,
  sink: Sink,
  signal: AbortSignal,
): Promise<Outcome> {
  const tree = { mark: markOf(execution.run.id, execution.attempt), group: command.pid };
  const detach = (): void => command.child.unref();
  context.closing.addEventListener('abort', detach);
  try {
    const offsets = { stdout: 0, stderr: 0 };
    const { end, stop } = await followUntil(
      context,
      { tree, spool, sink, offsets },
      command.exit,
      signal,
    );
    spool.noteDrained();
    // After a stop the group is empty, and its id may be anybody's by now.
    const group = stop === undefined ? tree.group : undefined;
    context.sweeper.add({ mark: tree.mark, group, stem: spool.stem });
    const output = { durationMs: 0, outputBytes: sink.bytes, outputIsCut: sink.isCut };
    return judgeExit(end, stop, output);
  } catch (error) {
    // A defect, of the sink perhaps: nobody would follow the command or end it.
    await stopTree(tree, 0, context.options.log);
    throw error;
  } finally {
    context.closing.removeEventListener('abort', detach);
  }
}

function withDuration(outcome: Outcome, durationMs: number): Outcome {
  if (outcome.result === undefined) return outcome;
  return { ...outcome, result: { ...outcome.result, durationMs: Math.round(durationMs) } };
}

function refusedStart(code: string): Outcome {
  switch (code) {
    case 'E2BIG':
      return notStarted(
        'bad_action',
        'The arguments and variables of the command are too long together. Pass some of them on standard input or in a file.',
        false,
      );
    case 'EAGAIN':
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
      return notStarted(
        'internal',
        'The system could not start one more process. Run fewer at a time, or raise its limits.',
        true,
      );
    case 'ENOSPC':
      return notStarted(
        'internal',
        'The files for the output of the command could not be made. Make room on the disk, and look at the permissions of the data folder.',
        true,
      );
    default:
      return notStarted('internal', 'The system refused to start the command.', true);
  }
}
