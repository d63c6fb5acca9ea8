import { constants } from 'node:os';

/**
 * The shell text that stands between the daemon and a command. It records its own pid and, when the
 * command has ended, its exit status on descriptor 3, so that a daemon which was killed meanwhile
 * can tell how the command ended. Only builtins write, one line at a time; a reader takes whole lines.
 *
 * Its own standard error goes nowhere, because shells remark on commands that a signal ended. The
 * traps let it outlive a signal to the whole group; a subshell has its own, default ones. `exec`
 * keeps the words of the command from being taken for builtins or functions.
 */
export const WRAPPER = [
  `trap : HUP INT QUIT TERM USR1 USR2`,
  `echo "pid $$" >&3`,
  `exec 4>&2 2>/dev/null`,
  `( exec "$@" ) 2>&4 3>&- 4>&-`,
  `carillon_status=$?`,
  `echo "exit $carillon_status" >&3`,
  `exit $carillon_status`,
].join('\n');

/** What `ps` shows in front of a command: whose it is. */
export function titleOf(mark: string): string {
  return `carillon:${mark}`;
}

/** What the status file of an attempt tells. */
export type Status = {
  /** Process id of the wrapper, which is also the id of its group. */
  readonly pid: number | undefined;
  /** Exit status by the shell's convention, once the command has ended. */
  readonly exit: number | undefined;
  /** Whether all output was handed over, so that only sweeping is left to do. */
  readonly isDrained: boolean;
};

export const DRAINED_LINE = 'drained\n';

export function parseStatus(text: string): Status {
  // The last part is a line that is not complete, or nothing.
  const lines = text.split('\n').slice(0, -1);
  return {
    pid: numberAfter('pid ', lines),
    exit: numberAfter('exit ', lines),
    isDrained: lines.includes(DRAINED_LINE.trimEnd()),
  };
}

function numberAfter(label: string, lines: readonly string[]): number | undefined {
  const line = lines.find((line) => line.startsWith(label));
  const digits = line?.slice(label.length);
  return digits !== undefined && /^\d{1,10}$/.test(digits) ? Number(digits) : undefined;
}

/** Name of the signal that a shell's exit status stands for: 128 and the signal's number. */
export function signalOf(exit: number): string | undefined {
  return SIGNAL_NAMES.get(exit - 128);
}

const SIGNAL_NAMES: ReadonlyMap<number, string> = new Map(
  // Where two names share a number the first is the usual one: SIGABRT, not SIGIOT.
  Object.entries(constants.signals)
    .reverse()
    .map(([name, number]) => [number, name] as const),
);
