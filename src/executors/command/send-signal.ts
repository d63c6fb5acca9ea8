/** Sends a signal to one process. @returns whether it was there to get it. */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // It has ended, or it is not ours to signal.
    return false;
  }
}

/** The same for all processes of a group. */
export function sendSignalToGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  // Groups 0 and 1 would mean ourselves and everybody.
  return group > 1 && sendSignal(-group, signal);
}
