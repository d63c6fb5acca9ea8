import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { glob, stat } from 'node:fs/promises';
import type { Gate, Observed } from '../../domain/gates/gate.ts';
import { stateOfResult } from '../../domain/difference/state-of-result.ts';
import type { Egress } from '../../egress/egress.ts';
import type { GateWatcher } from '../../ports/gates.ts';
import { runProgram, type ProgramEnd } from './run-program.ts';

export type GateWatcherOptions = {
  readonly egress: Pick<Egress, 'request'>;
  /** Home directory: where commands run that name no directory. */
  readonly home: string;
  /** What of the daemon's environment programs are given. */
  readonly environment: Readonly<Record<string, string>>;
};

/** The longest look, in milliseconds. */
const LOOK_MS_MAX = 30_000;
const BODY_BYTES_MAX = 8 * 1024 * 1024;
const FILES_MAX = 10_000;
/** Content that is read of all files together. */
const FILE_BYTES_MAX = 256 * 1024 * 1024;

/** Looks at addresses, files, Git refs and commands. What is told is a hash, so no secret is kept. */
export function gateWatcher(options: GateWatcherOptions): GateWatcher {
  return {
    async observe(gate, grants, signal) {
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS_MAX)]);
      try {
        return await look(options, gate, grants, bounded);
      } catch (error) {
        if (bounded.aborted) return failed(`It took longer than ${LOOK_MS_MAX / 1000} s.`);
        if (error instanceof Error && 'code' in error) return failed(sayCode(String(error.code)));
        throw error;
      }
    },
  };
}

function look(
  options: GateWatcherOptions,
  gate: Gate,
  grants: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Observed> {
  switch (gate.kind) {
    case 'http':
      return lookAtAddress(options.egress, gate, grants, signal);
    case 'files':
      return lookAtFiles(gate.pattern, signal);
    case 'git':
      return lookAtRef(options, gate, signal);
    case 'command':
      return lookAtCommand(options, gate, signal);
  }
}

async function lookAtAddress(
  egress: GateWatcherOptions['egress'],
  gate: Extract<Gate, { kind: 'http' }>,
  grants: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Observed> {
  const headers = Object.entries(gate.headers).map(([name, value]) => [
    name,
    value.kind === 'text' ? value.text : (grants.get(value.secret) ?? ''),
  ]);
  const chunks: Uint8Array[] = [];
  const response = await egress.request({
    method: 'GET',
    url: gate.url,
    headers: Object.fromEntries(headers) as Record<string, string>,
    signal,
    bodyBytesMax: BODY_BYTES_MAX,
    readBytesMax: BODY_BYTES_MAX,
    onBody: (bytes) => {
      chunks.push(Uint8Array.from(bytes));
    },
  });
  if (response.kind === 'failed') return failed(response.message);
  const { status } = response;
  if (gate.watch === 'status') return value(`status ${status}`);
  if (status < 200 || status > 299) return failed(`The server answered with status ${status}.`);
  const body = Buffer.concat(chunks);
  if (gate.watch === 'json') {
    const state = stateOfResult(body.toString('utf8'), { kind: 'json', path: gate.path ?? '' });
    return value(JSON.stringify(state));
  }
  const tag = response.headers['etag'] ?? response.headers['last-modified'];
  return tag === undefined ? value(body) : value(`tag ${tag}`);
}

async function lookAtFiles(pattern: string, signal: AbortSignal): Promise<Observed> {
  const paths: string[] = [];
  for await (const path of glob(pattern)) {
    signal.throwIfAborted();
    paths.push(path);
    if (paths.length > FILES_MAX) return failed(`There are more than ${FILES_MAX} files.`);
  }
  const hash = createHash('sha256');
  let bytes = 0;
  for (const path of paths.toSorted()) {
    const { size, isFile } = await stat(path).then((one) => ({
      size: one.size,
      isFile: one.isFile(),
    }));
    hash.update(`${JSON.stringify(path)} ${isFile ? size : 'no file'}\n`);
    bytes += isFile ? size : 0;
    if (bytes > FILE_BYTES_MAX) return failed(`The files have more than ${FILE_BYTES_MAX} bytes.`);
    if (isFile) await hashFile(hash, path, signal);
  }
  return { kind: 'value', value: hash.digest('hex') };
}

async function hashFile(hash: Hash, path: string, signal: AbortSignal): Promise<void> {
  for await (const bytes of createReadStream(path, { signal })) hash.update(bytes as Buffer);
}

async function lookAtRef(
  { environment, home }: GateWatcherOptions,
  { directory, ref, remote }: Extract<Gate, { kind: 'git' }>,
  signal: AbortSignal,
): Promise<Observed> {
  const asked =
    remote === undefined
      ? ['rev-parse', '--verify', '--quiet', '--end-of-options', ref]
      : ['ls-remote', '--exit-code', '--', remote, ref];
  const ended = await runProgram({
    argv: ['git', ...asked],
    cwd: directory,
    // Nobody is there to be asked for a password.
    environment: { HOME: home, ...environment, GIT_TERMINAL_PROMPT: '0' },
    signal,
  });
  if (ended.kind === 'failed') return failed(ended.message);
  return ended.exitCode === 0
    ? { kind: 'value', value: ended.outputHash }
    : failed(`Git found no such ref, or no repository (exit code ${ended.exitCode}).`);
}

async function lookAtCommand(
  { environment, home }: GateWatcherOptions,
  { argv, cwd, watch }: Extract<Gate, { kind: 'command' }>,
  signal: AbortSignal,
): Promise<Observed> {
  const ended = await runProgram({
    argv,
    cwd: cwd ?? home,
    environment: { HOME: home, ...environment },
    signal,
  });
  return watch === 'exit_code' ? byExitCode(ended) : byOutput(ended);
}

function byExitCode(ended: ProgramEnd): Observed {
  if (ended.kind === 'failed') return failed(ended.message);
  if (ended.exitCode === 0) return { kind: 'open' };
  return ended.exitCode === 1
    ? { kind: 'closed' }
    : failed(`The command ended with exit code ${ended.exitCode}, which is neither 0 nor 1.`);
}

function byOutput(ended: ProgramEnd): Observed {
  if (ended.kind === 'failed') return failed(ended.message);
  return ended.exitCode === 0
    ? { kind: 'value', value: ended.outputHash }
    : failed(`The command ended with exit code ${ended.exitCode}.`);
}

function value(seen: string | Uint8Array): Observed {
  return { kind: 'value', value: createHash('sha256').update(seen).digest('hex') };
}

function failed(message: string): Observed {
  return { kind: 'failed', message };
}

function sayCode(code: string): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'It may not be read.';
    case 'ENOENT':
      return 'It went away while it was looked at.';
    default:
      return 'The system would not have it read.';
  }
}
