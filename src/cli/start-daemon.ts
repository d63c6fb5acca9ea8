import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { daemonFiles, type DaemonFiles } from '../installation/daemon-files.ts';
import type { Environment } from '../installation/places.ts';
import { isRunVariable } from '../installation/run-variables.ts';
import { Refusal } from '../domain/refusal.ts';
import { packageFolder } from '../installation/package.ts';
import { connectDaemon, type Connected } from './connect-daemon.ts';
import { EXIT } from './exit-codes.ts';

export type StartDaemon = {
  readonly dataFolder: string;
  readonly environment: Environment;
  /** What to hand to `carillon serve` beside the data folder. */
  readonly serveArguments: readonly string[];
};

/**
 * Starts a daemon in the background and waits until it answers. When several processes do so at
 * once, one daemon gets the lock and every process gets that one.
 */
export async function startDaemon(start: StartDaemon): Promise<Connected> {
  const files = daemonFiles(start.dataFolder);
  const node = findNode(start.environment);
  let child = spawnDaemon(start, files, node);
  const endsAt = performance.now() + START_MS_MAX;
  while (performance.now() < endsAt) {
    const connected = await connectDaemon(start.dataFolder);
    if (connected !== undefined) return connected;
    const state = child.state();
    if (state.kind === 'failed') throw state.refusal;
    await pause(state.kind === 'locked_out' ? LOCKED_OUT_MS : POLL_MS);
    // Another daemon has the data folder: it is about to answer, or about to end.
    if (state.kind === 'locked_out') child = spawnDaemon(start, files, node);
  }
  throw new Refusal(
    'unavailable',
    `The daemon was started and did not answer within ${String(START_MS_MAX / 1_000)} seconds.`,
    `Look into ${files.logFolder}, or start it in the foreground: carillon serve --data ${start.dataFolder}`,
  );
}

// Longer than a daemon that is stopping waits for its runs by default.
const START_MS_MAX = 15_000;
const POLL_MS = 20;
const LOCKED_OUT_MS = 300;

type ChildState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'locked_out' }
  | { readonly kind: 'failed'; readonly refusal: Refusal };

type NodeFinder = {
  readonly findNode: (packageFolder: string, environment: Environment) => string | undefined;
  readonly nodeMissing: () => string;
};

/** One search for a Node serves the first file of the program, which every old Node parses, and this one. */
function findNode(environment: Environment): string {
  const finder = createRequire(import.meta.url)(
    join(packageFolder(), 'bin', 'find-node.cjs'),
  ) as NodeFinder;
  const node = finder.findNode(packageFolder(), environment);
  if (node === undefined) throw new Refusal('unavailable', finder.nodeMissing());
  return node;
}

function spawnDaemon(
  start: StartDaemon,
  files: DaemonFiles,
  node: string,
): { state(): ChildState } {
  mkdirSync(files.logFolder, { recursive: true, mode: 0o700 });
  const startLog = openSync(files.startLog, 'w', 0o600);
  const child = spawn(
    node,
    [
      '--disable-sigusr1',
      join(packageFolder(), 'bin', 'carillon.cjs'),
      'serve',
      '--data',
      start.dataFolder,
      ...start.serveArguments,
    ],
    {
      cwd: homedir(),
      detached: true,
      env: environmentOfDaemon(start.environment),
      stdio: ['ignore', 'ignore', startLog],
      windowsHide: true,
    },
  );
  closeSync(startLog);
  let state: ChildState = { kind: 'starting' };
  const fail = (message: string) => {
    const hint = `Start it in the foreground to see why: carillon serve --data ${start.dataFolder}`;
    state = { kind: 'failed', refusal: new Refusal('unavailable', message, hint) };
  };
  child.once('error', () => {
    fail(`The daemon could not be started with ${node}.`);
  });
  child.once('exit', (code) => {
    if (code === EXIT.conflict) state = { kind: 'locked_out' };
    else fail(`The daemon stopped while it started: ${lastWords(files.startLog)}`);
  });
  child.unref();
  return { state: () => state };
}

/**
 * A daemon may be started from within a run of another one: it must not look like a part of that
 * run, which is swept away with everything that carries its marker.
 */
function environmentOfDaemon(environment: Environment): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !isRunVariable(name)) kept[name] = value;
  }
  return kept;
}

const LAST_WORDS_LENGTH_MAX = 600;

function lastWords(file: string): string {
  try {
    // The stack of a defect is for the file.
    const [words = ''] = readFileSync(file, 'utf8').trim().split('\n    at ', 1);
    return words === '' ? 'it said nothing.' : words.slice(0, LAST_WORDS_LENGTH_MAX);
  } catch {
    return 'it said nothing.';
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
