import { execFile } from 'node:child_process';
import type { Log } from '../../ports/log.ts';
import { listProcesses, processesOf } from './processes.ts';
import type { Mark } from './processes.ts';
import { sendSignal, sendSignalToGroup } from './send-signal.ts';
import { sleep } from './sleep.ts';

/** The processes of one attempt, by what they have in common. */
export type Tree = {
  readonly mark: Mark;
  /** Process id of the wrapper and id of its group; absent when it is not known. */
  readonly group: number | undefined;
};

/**
 * Ends all processes of an attempt: asks them, and after `killAfterMs` makes them. Answers when none
 * is left; or after ROUNDS_MAX rounds, if the system cannot end one.
 */
export async function stopTree(tree: Tree, killAfterMs: number, log: Log): Promise<void> {
  if (process.platform === 'win32') return stopOnWindows(tree);
  await askToEnd(tree);
  const until = performance.now() + killAfterMs;
  let left = await listTree(tree);
  while (left.length > 0 && performance.now() < until) {
    await sleep(Math.min(ASK_POLL_MS, Math.max(0, until - performance.now())));
    left = await listTree(tree);
  }
  if (left.length > 0) await killTree(tree, log);
}

async function askToEnd(tree: Tree): Promise<void> {
  if (tree.group !== undefined) {
    sendSignalToGroup(tree.group, 'SIGTERM');
    // One that stands still gets the signal only when it goes on.
    sendSignalToGroup(tree.group, 'SIGCONT');
  }
  for (const one of (await listProcesses()).filter((one) => one.group !== tree.group)) {
    if (one.mark !== tree.mark) continue;
    sendSignal(one.pid, 'SIGTERM');
    sendSignal(one.pid, 'SIGCONT');
  }
}

const ASK_POLL_MS = 100;
const KILL_POLL_MS = 25;
const ROUNDS_MAX = 80;

/** Kills until a look at all processes finds none: one that forks meanwhile is found in the next round. */
async function killTree(tree: Tree, log: Log): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const left = await listTree(tree);
    if (left.length === 0) return;
    for (const pid of left) {
      // The wrapper gets the first round to record how its command ended.
      if (round > 0 || pid !== tree.group) sendSignal(pid, 'SIGKILL');
    }
    if (round > 0 && tree.group !== undefined) sendSignalToGroup(tree.group, 'SIGKILL');
    await sleep(KILL_POLL_MS);
  }
  log.warn('Processes of a run could not be ended.', { mark: tree.mark });
}

export async function listTree(tree: Tree): Promise<readonly number[]> {
  return processesOf(tree.mark, tree.group, await listProcesses());
}

function stopOnWindows(tree: Tree): Promise<void> {
  return new Promise((resolve) => {
    if (tree.group === undefined) resolve();
    else execFile('taskkill', ['/T', '/F', '/PID', String(tree.group)], () => resolve());
  });
}
