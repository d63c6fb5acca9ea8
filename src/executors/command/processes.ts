import { readdir, readFile } from 'node:fs/promises';
import type { RunId } from '../../domain/id.ts';
import { ATTEMPT_VARIABLE, RUN_VARIABLE } from './child-environment.ts';
import { runPs } from './run-ps.ts';

/** Which attempt a process belongs to: the mark that all processes of an attempt inherit. */
export type Mark = `${RunId}/${number}`;

export type ProcessEntry = {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Absent when it has none, and where the system does not tell. */
  readonly mark: string | undefined;
};

export function markOf(runId: RunId, attempt: number): Mark {
  return `${runId}/${attempt}`;
}

/** Every live process that we may look at; zombies are dead. */
export async function listProcesses(): Promise<readonly ProcessEntry[]> {
  return process.platform === 'linux' ? listFromProc() : listFromPs();
}

/** The mark of one process; `undefined` when it is gone, is a zombie or has none. */
export async function readMark(pid: number): Promise<string | undefined> {
  try {
    return markIn(await readFile(`/proc/${pid}/environ`, 'latin1'));
  } catch {
    // Gone, or another user's.
    return undefined;
  }
}

export async function listPids(): Promise<readonly number[]> {
  const names = await readdir('/proc');
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

/**
 * The live processes of an attempt: those that bear its mark, those of its group, and all their
 * descendants. A process that bears the mark of another attempt is never one of them, nor are we.
 */
export function processesOf(
  mark: Mark,
  group: number | undefined,
  all: readonly ProcessEntry[],
): readonly number[] {
  const found = new Set<number>();
  const isForeign = (one: ProcessEntry): boolean =>
    one.pid === process.pid || one.pid === 1 || (one.mark !== undefined && one.mark !== mark);
  const candidates = all.filter((one) => !isForeign(one));
  for (const one of candidates) {
    if (one.mark === mark || (group !== undefined && one.group === group)) found.add(one.pid);
  }
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const one of candidates) if (found.has(one.parent)) found.add(one.pid);
  }
  return [...found];
}

/** Files of /proc that are read at the same time. */
const READS_MAX = 16;

export async function forEachLimited<Item>(
  items: readonly Item[],
  act: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const item = items[next];
      next += 1;
      if (item !== undefined) await act(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(READS_MAX, items.length) }, work));
}

async function listFromProc(): Promise<readonly ProcessEntry[]> {
  const entries: ProcessEntry[] = [];
  await forEachLimited(await listPids(), async (pid) => {
    try {
      const stat = parseStat(await readFile(`/proc/${pid}/stat`, 'latin1'));
      // Kernel threads, children of 2, have no environment; zombies have none any more.
      if (stat === undefined || stat.isDead || stat.parent === 2) return;
      entries.push({ pid, parent: stat.parent, group: stat.group, mark: await readMark(pid) });
    } catch {
      // It ended while we looked at it.
    }
  });
  return entries;
}

/** The command's name, in parentheses, may contain anything; the fields follow the last parenthesis. */
function parseStat(
  text: string,
): { readonly isDead: boolean; readonly parent: number; readonly group: number } | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group] = fields;
  if (state === undefined || parent === undefined || group === undefined) return undefined;
  return { isDead: /^[ZXx]$/.test(state), parent: Number(parent), group: Number(group) };
}

function markIn(environ: string): string | undefined {
  const runId = valueIn(environ, RUN_VARIABLE);
  const attempt = valueIn(environ, ATTEMPT_VARIABLE);
  return runId === undefined || attempt === undefined ? undefined : `${runId}/${attempt}`;
}

function valueIn(environ: string, name: string): string | undefined {
  const label = `\0${name}=`;
  const start = environ.startsWith(label.slice(1)) ? -1 : environ.indexOf(label);
  if (start === -1 && !environ.startsWith(label.slice(1))) return undefined;
  const from = start + label.length;
  const end = environ.indexOf('\0', from);
  return environ.slice(from, end === -1 ? undefined : end);
}

/** Where there is no /proc: parents and groups, but no marks. */
async function listFromPs(): Promise<readonly ProcessEntry[]> {
  if (process.platform === 'win32') return [];
  return parsePs(await runPs(['-A', '-o', 'pid=,ppid=,pgid=,stat=']));
}

export function parsePs(text: string): readonly ProcessEntry[] {
  return text.split('\n').flatMap((line) => {
    const [pid, parent, group, state] = line.trim().split(/\s+/);
    if (group === undefined || state === undefined || state.startsWith('Z')) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), mark: undefined }];
  });
}
