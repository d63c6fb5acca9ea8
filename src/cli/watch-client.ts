/**
 * Calls `onGone` once, when the MCP client that started this process is gone: standard input ended,
 * a signal came, or the parent died. Clients do not always close what they opened.
 *
 * @returns ends the watch.
 */
export function watchClient(onGone: () => void): () => void {
  let isDone = false;
  const parent = process.ppid;
  const gone = () => {
    if (isDone) return;
    stop();
    onGone();
  };
  const watchdog = setInterval(() => {
    if (process.ppid !== parent) gone();
  }, WATCH_MS);
  watchdog.unref();
  const stop = () => {
    isDone = true;
    clearInterval(watchdog);
    for (const event of STDIN_EVENTS) process.stdin.off(event, gone);
    for (const signal of SIGNALS) process.off(signal, gone);
  };
  for (const event of STDIN_EVENTS) process.stdin.on(event, gone);
  for (const signal of SIGNALS) process.on(signal, gone);
  return stop;
}

const WATCH_MS = 5_000;
const STDIN_EVENTS = ['end', 'close', 'error'] as const;
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
