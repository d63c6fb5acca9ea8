import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 300;
const LISTENING = '0A';

/** Sends SIGUSR1, and tells whether the process then listens on one port more. Linux alone tells. */
export async function opensInspector(pid: number): Promise<boolean> {
  const before = listeners(pid);
  process.kill(pid, 'SIGUSR1');
  await sleep(LOOK_MS);
  process.kill(pid, 0);
  return listeners(pid) > before;
}

function listeners(pid: number): number {
  const own = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return ['tcp', 'tcp6']
    .flatMap((kind) => readFileSync(`/proc/${pid}/net/${kind}`, 'utf8').trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells[3] === LISTENING && own.has(cells[9] ?? '')).length;
}
