import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** What a running daemon tells its clients, in `run/daemon.json`. */
export type DaemonNotice = {
  readonly pid: number;
  readonly version: string;
  readonly startedAt: string;
  /** Absent for a daemon without an HTTP door. */
  readonly http: { readonly host: string; readonly port: number } | undefined;
  readonly socket: string;
};

/** Replaces the notice in one step, so that a reader never sees half of it. */
export function writeDaemonNotice(file: string, notice: DaemonNotice): void {
  const draft = `${file}.${String(notice.pid)}`;
  writeFileSync(draft, `${JSON.stringify(notice, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

/** @returns `undefined` when no daemon has left one. It may be the notice of a daemon that was killed. */
export function readDaemonNotice(file: string): DaemonNotice | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const notice: unknown = JSON.parse(text);
    return isNotice(notice) ? notice : undefined;
  } catch {
    return undefined;
  }
}

/** Removes the notice of the process `pid`, and no other. */
export function removeDaemonNotice(file: string, pid: number): void {
  if (readDaemonNotice(file)?.pid === pid) rmSync(file, { force: true });
}

function isNotice(value: unknown): value is DaemonNotice {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, version, socket } = value as Record<string, unknown>;
  return typeof pid === 'number' && typeof version === 'string' && typeof socket === 'string';
}
