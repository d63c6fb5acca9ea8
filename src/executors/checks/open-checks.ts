import { mkdirSync } from 'node:fs';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CommandAction } from '../../domain/action.ts';
import type { Finding } from '../../domain/success/judge-success.ts';
import type { Egress } from '../../egress/egress.ts';
import type { CheckedAttempt, Checks, SucceededOutcome } from '../../ports/checks.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Executor } from '../../ports/executor.ts';
import type { Log } from '../../ports/log.ts';
import { blindSink } from './blind-sink.ts';
import { filesState, type FilesState } from './files-state.ts';

export type ChecksOptions = {
  /** Carries out the commands that check. */
  readonly commands: Executor<CommandAction>;
  readonly egress: Egress;
  /** Where notes about attempts lie while their runs go on; one daemon at a time. */
  readonly folder: string;
  readonly home: string;
  readonly clock: Clock;
  readonly log: Log;
};

/** Opens the port, and removes the notes that nobody removed. */
export async function openChecks(options: ChecksOptions): Promise<Checks> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  await removeOldNotes(options);
  return {
    async rememberFiles(of, paths) {
      const entries: (readonly [string, FilesState])[] = [];
      for (const one of paths) entries.push([one, await filesState(one, of.cwd ?? options.home)]);
      await write(options, noteFile(options, of, 'files'), Object.fromEntries(entries));
    },
    keepOutcome: (of, outcome) => write(options, noteFile(options, of, 'outcome'), outcome),
    keptOutcome: (of) => read<SucceededOutcome>(noteFile(options, of, 'outcome')),
    async findFiles(of, since, paths) {
      const note = noteFile(options, { ...of, attempt: since }, 'files');
      const before = (await read<Readonly<Record<string, FilesState>>>(note)) ?? {};
      const found = new Map<string, Finding>();
      for (const one of paths) {
        const after = await filesState(one, of.cwd ?? options.home);
        found.set(one, compare(one, before[one], after));
      }
      return found;
    },
    async findUrls(urls, signal) {
      const found = new Map<string, Finding>();
      for (const url of urls) found.set(url, await askUrl(options, url, signal));
      return found;
    },
    findCommand: (of, program, isAgain, signal) => runCheck(options, of, program, isAgain, signal),
    async forget(run) {
      for (let attempt = 1; attempt <= run.attempt; attempt += 1) {
        const of = { run, attempt, cwd: undefined };
        for (const what of NOTES) await rm(noteFile(options, of, what), { force: true });
      }
    },
  };
}

const NOTES = ['files', 'outcome'] as const;

function noteFile(
  { folder }: ChecksOptions,
  { run, attempt }: CheckedAttempt,
  what: (typeof NOTES)[number],
): string {
  return path.join(folder, `${run.id}.${attempt}.${what}.json`);
}

/** A disk that takes no note makes a check fail, and the daemon's log says why. */
async function write({ log }: ChecksOptions, file: string, note: unknown): Promise<void> {
  try {
    await writeFile(file, JSON.stringify(note), { mode: 0o600 });
  } catch (error) {
    log.error('A note for the checks of a run could not be written.', {}, error);
  }
}

async function read<Note>(file: string): Promise<Note | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Note;
  } catch {
    return undefined;
  }
}

function compare(name: string, before: FilesState | undefined, after: FilesState): Finding {
  const shown = JSON.stringify(name);
  if (after.isTooMuch) {
    return { isGood: false, note: `${shown} leads to more files than can be looked at.` };
  }
  if (after.count === 0) return { isGood: false, note: `${shown} leads to no file.` };
  if (before === undefined) {
    return { isGood: false, note: `Nobody knows how ${shown} was before the run.` };
  }
  return before.digest === after.digest
    ? { isGood: false, note: `${shown} is as it was before the run.` }
    : { isGood: true, note: `${shown} has changed.` };
}

const URL_MS_MAX = 30_000;
const URL_BYTES_MAX = 1024 * 1024;

async function askUrl(
  { egress }: ChecksOptions,
  url: string,
  signal: AbortSignal,
): Promise<Finding> {
  const response = await egress.request({
    method: 'GET',
    url,
    signal,
    timeoutMs: URL_MS_MAX,
    bodyBytesMax: 0,
    readBytesMax: URL_BYTES_MAX,
    onBody: () => {},
  });
  if (response.kind === 'failed') {
    return { isGood: false, note: `${JSON.stringify(url)} did not answer: ${response.message}` };
  }
  const { status } = response;
  const note = `${JSON.stringify(url)} answered with status ${status}.`;
  return { isGood: status >= 200 && status <= 299, note };
}

/**
 * Commands that check are told from attempts by their number, also by the daemon after this one. One
 * that is begun again has another number, because what is left of the first is being ended by its own.
 */
const NUMBERS_FROM = { first: 1_000_000, again: 2_000_000 } as const;

async function runCheck(
  { commands }: ChecksOptions,
  { run, attempt, cwd }: CheckedAttempt,
  program: CommandAction['program'],
  isAgain: boolean,
  signal: AbortSignal,
): Promise<Finding> {
  const executionFrom = (number: number) => ({
    run,
    attempt: number + attempt,
    action: { kind: 'command', program, cwd, env: {}, stdin: undefined } as const,
    grants: new Map<string, string>(),
  });
  const first = executionFrom(NUMBERS_FROM.first);
  const recovered = isAgain ? await commands.recover?.(first, blindSink(), signal) : undefined;
  const begun = isAgain ? executionFrom(NUMBERS_FROM.again) : first;
  const outcome = recovered ?? (await commands.execute(begun, blindSink(), signal));
  return outcome.kind === 'succeeded'
    ? { isGood: true, note: 'It ended with exit code 0.' }
    : { isGood: false, note: outcome.message };
}

/** Runs are over, waiting included, long before this. */
const NOTE_MS_MAX = 90 * 24 * 60 * 60_000;
const NOTES_LOOKED_AT_MAX = 10_000;

async function removeOldNotes({ folder, clock }: ChecksOptions): Promise<void> {
  const nowMs = clock.now().epochMilliseconds;
  for (const name of (await readdir(folder)).slice(0, NOTES_LOOKED_AT_MAX)) {
    const file = path.join(folder, name);
    const { mtimeMs } = await stat(file);
    if (nowMs - mtimeMs > NOTE_MS_MAX) await rm(file, { force: true });
  }
}
