/*
 * `npm run coverage`: how much of `src/` the tests carry out, in their own process and in the real daemons,
 * pipes and commands that they start. A process that is killed tells nothing and counts for nothing.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = resolve(import.meta.dirname, '..');
/** The share of statements that must be carried out, in percent. */
const STATEMENTS_MIN = 90;

type Place = { readonly line: number; readonly column: number };
type FileCoverage = {
  readonly path: string;
  readonly statementMap: Readonly<Record<string, { readonly start: Place }>>;
  readonly s: Readonly<Record<string, number>>;
};
/** What V8 writes: blocks nest, and the innermost one that holds an offset counts. */
type Block = { readonly startOffset: number; readonly endOffset: number; readonly count: number };
type ScriptCoverage = {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Block[] }[];
};

const raw = mkdtempSync(join(tmpdir(), 'carillon-coverage-'));
// Tests that look at the variables of a command fail here, because Node hands its own one on to every child.
spawnSync('vitest', ['run', '--coverage', '--coverage.reporter=json'], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, NODE_V8_COVERAGE: raw },
});
const files = Object.values(
  JSON.parse(readFileSync(join(ROOT, 'coverage/coverage-final.json'), 'utf8')) as Readonly<
    Record<string, FileCoverage>
  >,
);
const processes = readProcesses();
rmSync(raw, { recursive: true, force: true });

const rooms = new Map<string, { done: number; all: number }>();
for (const file of files) count(file);
let done = 0;
let all = 0;
for (const [room, sum] of [...rooms].toSorted(([a], [b]) => a.localeCompare(b))) {
  console.log(`${room.padEnd(14)} ${percent(sum.done, sum.all)} of ${sum.all} statements`);
  done += sum.done;
  all += sum.all;
}
console.log(`${'all'.padEnd(14)} ${percent(done, all)} of ${all} statements`);
if ((100 * done) / all < STATEMENTS_MIN) process.exitCode = 1;

/** The blocks of every script of ours, by address, from each process that told. */
function readProcesses(): ReadonlyMap<string, readonly (readonly Block[])[]> {
  const found = new Map<string, (readonly Block[])[]>();
  const prefix = pathToFileURL(join(ROOT, 'src')).href;
  for (const name of readdirSync(raw).filter((one) => one.endsWith('.json'))) {
    for (const script of readScripts(join(raw, name)).filter(({ url }) => url.startsWith(prefix))) {
      const blocks = script.functions.flatMap((one) => one.ranges);
      const url = script.url.split('?')[0] ?? script.url;
      found.set(url, [...(found.get(url) ?? []), blocks]);
    }
  }
  return found;
}

/** A process that was killed while it wrote has left half a file. */
function readScripts(file: string): readonly ScriptCoverage[] {
  try {
    const told = JSON.parse(readFileSync(file, 'utf8')) as { result: readonly ScriptCoverage[] };
    return told.result;
  } catch {
    return [];
  }
}

function count(file: FileCoverage): void {
  const room = relative(join(ROOT, 'src'), file.path).split('/')[0] ?? '';
  const sum = rooms.get(room) ?? { done: 0, all: 0 };
  rooms.set(room, sum);
  const told = processes.get(pathToFileURL(file.path).href) ?? [];
  const lines = told.length === 0 ? [] : lineOffsets(readFileSync(file.path, 'utf8'));
  for (const [id, { start }] of Object.entries(file.statementMap)) {
    sum.all += 1;
    const offset = (lines[start.line - 1] ?? 0) + start.column;
    if ((file.s[id] ?? 0) > 0 || told.some((blocks) => wasReached(blocks, offset))) sum.done += 1;
  }
}

function wasReached(blocks: readonly Block[], offset: number): boolean {
  let innermost: Block | undefined;
  for (const block of blocks) {
    if (block.startOffset > offset || block.endOffset <= offset) continue;
    const size = block.endOffset - block.startOffset;
    if (innermost === undefined || size <= innermost.endOffset - innermost.startOffset) {
      innermost = block;
    }
  }
  return innermost !== undefined && innermost.count > 0;
}

/** Offset of each line. Node takes the types away without moving anything else. */
function lineOffsets(text: string): readonly number[] {
  const offsets = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1))
    offsets.push(at + 1);
  return offsets;
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1).padStart(5)} %`;
}
