import { daemonFiles } from '../installation/daemon-files.ts';
import { readDaemonNotice, type DaemonNotice } from '../installation/daemon-notice.ts';
import { takeLock } from '../daemon/lock.ts';
import { runningDaemon } from './api-client.ts';
import { CliFailure } from './cli-failure.ts';
import { answer, type Context } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { serveWords, type ServeFlags } from './serve-settings.ts';
import { startDaemon } from './start-daemon.ts';

/** `carillon up`: a daemon in the background; the one that runs already is as good. */
export async function up(context: Context, flags: ServeFlags): Promise<void> {
  const { dataFolder } = context.places;
  const running = await runningDaemon(dataFolder);
  if (running !== undefined) {
    answer(context, running, () => `Already running: ${told(running)}.`);
    return;
  }
  const { socket, notice } = await startDaemon({
    dataFolder,
    environment: context.machine.environment,
    serveArguments: [...context.serveArguments, ...serveWords(flags)],
  });
  socket.destroy();
  answer(
    context,
    notice,
    () =>
      `Started: ${told(notice)}.\nIts log is in ${daemonFiles(dataFolder).logFolder}; stop it with: carillon down`,
  );
}

/** `carillon down`: asks the daemon to end, and waits until it has. */
export async function down(context: Context): Promise<void> {
  const { dataFolder } = context.places;
  const running = (await runningDaemon(dataFolder)) ?? stoppingDaemon(dataFolder);
  if (running === undefined) {
    answer(context, { stopped: null }, () => `No daemon is running for ${dataFolder}.`);
    return;
  }
  process.kill(running.pid, 'SIGTERM');
  const endsAt = performance.now() + STOP_MS_MAX;
  while (isAlive(running.pid)) {
    if (performance.now() >= endsAt) {
      throw new CliFailure(
        EXIT.failure,
        'unavailable',
        `The daemon (process ${String(running.pid)}) is still finishing its runs.`,
        'Type the same again to stop it at once.',
      );
    }
    await new Promise((resolve) => {
      setTimeout(resolve, POLL_MS);
    });
  }
  answer(context, { stopped: running.pid }, () => `Stopped: process ${String(running.pid)}.`);
}

/** A daemon that takes no more callers, and still holds its data folder. */
function stoppingDaemon(dataFolder: string): DaemonNotice | undefined {
  const files = daemonFiles(dataFolder);
  const notice = readDaemonNotice(files.notice);
  if (notice === undefined) return undefined;
  // The notice of a killed daemon names a process that may be somebody else's by now.
  const lock = takeLock(files.lock);
  lock?.release();
  return lock === undefined ? notice : undefined;
}

// Longer than the longest drain that is set by default.
const STOP_MS_MAX = 30_000;
const POLL_MS = 20;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function told(notice: DaemonNotice): string {
  const { http } = notice;
  const address =
    http === undefined
      ? ''
      : ` at http://${http.host.includes(':') ? `[${http.host}]` : http.host}:${String(http.port)}`;
  return `Carillon ${notice.version}, process ${String(notice.pid)}${address}`;
}
