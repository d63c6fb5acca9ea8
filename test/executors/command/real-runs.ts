import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandAction, GrantedValue } from '../../../src/domain/action.ts';
import type { RunId } from '../../../src/domain/id.ts';
import type { Outcome } from '../../../src/domain/outcome.ts';
import type { Run } from '../../../src/domain/run.ts';
import { commandExecutor } from '../../../src/executors/command/command-executor.ts';
import { openOutputStore } from '../../../src/output/open-output-store.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Execution, Sink, StopReason } from '../../../src/ports/executor.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { OutputStore, OutputStream, OutputWriter } from '../../../src/ports/output.ts';

/** @public The processes that tests start import it by name. */
export const realClock: Clock = {
  now: () => Temporal.Now.instant(),
  monotonicMs: () => performance.now(),
  setTimer(ms, wake) {
    const timer = setTimeout(wake, ms);
    return () => clearTimeout(timer);
  },
};

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

export function sinkTo(writer: OutputWriter): Sink {
  return {
    write: (stream, bytes) => writer.append(stream, bytes),
    skip: (stream, count) => writer.skip(stream, count),
    get isHeadFull() {
      return writer.isHeadFull;
    },
    get bytes() {
      return writer.bytes;
    },
    get isCut() {
      return writer.isCut;
    },
    restart: () => writer.restart(),
    observe() {},
  };
}

export type ActionParts = {
  readonly argv?: readonly [string, ...string[]];
  readonly shell?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | GrantedValue>>;
  readonly stdin?: string;
  readonly payload?: string;
};

export function commandAction(parts: ActionParts): CommandAction {
  const env = Object.entries(parts.env ?? {}).map(([name, value]) => [
    name,
    typeof value === 'string' ? { kind: 'text', text: value } : value,
  ]);
  return {
    kind: 'command',
    program:
      parts.argv === undefined
        ? { kind: 'shell', text: parts.shell ?? 'true' }
        : { kind: 'argv', argv: parts.argv },
    cwd: parts.cwd,
    env: Object.fromEntries(env) as CommandAction['env'],
    stdin: parts.stdin,
    ...(parts.payload === undefined ? {} : { payload: parts.payload }),
  };
}

export function executionOf(
  action: CommandAction,
  id: RunId,
  grants: ReadonlyMap<string, string> = new Map(),
): Execution<CommandAction> {
  const at = Temporal.Instant.from('2026-11-21T12:00:00Z');
  const run: Run = {
    id,
    taskId: 'task_01kabcdefghjkmnpqrstvwxyz0',
    taskName: 'A task',
    namespace: 'native',
    taskVersion: 1,
    trigger: 'schedule',
    scheduledFor: at,
    coversSince: undefined,
    missedCount: 0,
    state: 'running',
    stateReason: undefined,
    heldUntil: undefined,
    priority: 0,
    createdAt: at,
    readyAt: at,
    deadlineAt: undefined,
    startedAt: at,
    endedAt: undefined,
    attempt: 1,
    attemptsMax: 1,
    cancelRequestedAt: undefined,
    outcome: undefined,
    message: undefined,
    result: undefined,
    questions: [],
    overrides: {},
    origin: { principal: 'owner', client: undefined, parentRunId: undefined },
  };
  return { run, attempt: 1, action, grants };
}

let made = 0;

/** Ids that no other test process uses at the same time. */
export function newRunId(): RunId {
  made += 1;
  const suffix = `${process.pid.toString(32)}${(made + 33 ** 4).toString(32)}`.replaceAll(
    /[ilou]/g,
    (letter) => ({ i: 'w', l: 'x', o: 'y', u: 'z' })[letter] ?? letter,
  );
  return `run_0${suffix.padStart(25, '0')}`;
}

export type Bench = {
  readonly folder: string;
  readonly output: OutputStore;
  readonly executor: ReturnType<typeof commandExecutor>;
  /** A further executor over the same folder, as after a restart. */
  newExecutor(): ReturnType<typeof commandExecutor>;
  run(parts: ActionParts, options?: RunOptions): Promise<Finished>;
  start(parts: ActionParts, options?: RunOptions): Started;
  text(id: RunId, stream?: OutputStream | 'all'): Promise<string>;
  dispose(): Promise<void>;
};

export type RunOptions = {
  readonly id?: RunId;
  readonly grants?: ReadonlyMap<string, string>;
};

export type Finished = {
  readonly id: RunId;
  readonly outcome: Outcome;
  readonly stdout: string;
  readonly stderr: string;
};

export type Started = {
  readonly id: RunId;
  readonly execution: Execution<CommandAction>;
  readonly outcome: Promise<Outcome>;
  stop(reason: StopReason): void;
};

export function openBench(environment: Readonly<Record<string, string>> = {}): Bench {
  const folder = mkdtempSync(path.join(tmpdir(), 'carillon-command-'));
  const output = openOutputStore({ folder: path.join(folder, 'output') });
  const executors: ReturnType<typeof commandExecutor>[] = [];
  const newExecutor = (): ReturnType<typeof commandExecutor> => {
    const executor = commandExecutor({
      folder: path.join(folder, 'spool'),
      home: folder,
      environment: { PATH: process.env['PATH'] ?? '', ...environment },
      clock: realClock,
      log: silentLog,
      killAfterMs: 300,
    });
    executors.push(executor);
    return executor;
  };
  const executor = newExecutor();
  const text = async (id: RunId, stream: OutputStream | 'all' = 'all'): Promise<string> =>
    (await output.read(id, 1, { offset: 0, bytesMax: 262_144, stream })).text;
  const start = (parts: ActionParts, options: RunOptions = {}): Started => {
    const execution = executionOf(commandAction(parts), options.id ?? newRunId(), options.grants);
    const writer = output.open(execution.run.id, 1);
    const controller = new AbortController();
    const outcome = executor
      .execute(execution, sinkTo(writer), controller.signal)
      .finally(() => writer.close());
    return { id: execution.run.id, execution, outcome, stop: (reason) => controller.abort(reason) };
  };
  return {
    folder,
    output,
    executor,
    newExecutor,
    start,
    text,
    async run(parts, options) {
      const started = start(parts, options);
      const outcome = await started.outcome;
      const [stdout, stderr] = await Promise.all([
        text(started.id, 'stdout'),
        text(started.id, 'stderr'),
      ]);
      return { id: started.id, outcome, stdout, stderr };
    },
    async dispose() {
      for (const one of executors) await one.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Live processes that bear the mark of a run. */
export function processesOfRun(id: RunId): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`CARILLON_RUN_ID=${id}`);
      } catch {
        return false;
      }
    });
}

/** Waits for the world outside until `isTrue`, and fails after fifteen seconds. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 15_000;
  while (!(await isTrue())) {
    if (performance.now() > giveUpAt) throw new Error('This did not come true in fifteen seconds.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
