import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActionKind, CommandAction } from '../src/domain/action.ts';
import { owner } from '../src/domain/principal.ts';
import { processAnnouncer } from '../src/daemon/announcer.ts';
import { systemClock } from '../src/daemon/clock.ts';
import { randomIds } from '../src/daemon/ids.ts';
import { startEngine, type Engine } from '../src/engine/engine.ts';
import { openOutputStore } from '../src/output/open-output-store.ts';
import type { Executor } from '../src/ports/executor.ts';
import type { Log } from '../src/ports/log.ts';
import type { Secrets } from '../src/ports/secrets.ts';
import type { Store } from '../src/ports/store.ts';
import { servicesFor } from '../src/service/services-for.ts';
import type { Services } from '../src/service/services.ts';
import { openSqliteStore } from '../src/store/sqlite/open-sqlite-store.ts';

const silent = (): void => {};
export const quietLog: Log = { debug: silent, info: silent, warn: silent, error: silent };

const noSecrets: Secrets = {
  set: () => Promise.reject(new Error('a benchmark has no secrets')),
  remove: () => Promise.resolve(false),
  list: () => Promise.resolve([]),
  resolve: () => Promise.resolve(new Map<string, string>()),
  setGrants: () => Promise.resolve(false),
  noteUse: () => Promise.resolve(),
  rotateDataKey: () => Promise.resolve({ resealed: 0 }),
  rotateMasterKey: () => Promise.resolve(),
  exportSealed: () => Promise.resolve(''),
  openSealed: () => Promise.resolve(new Map<string, string>()),
};

export const RUN_TRUE: CommandAction = {
  kind: 'command',
  program: { kind: 'argv', argv: ['/bin/true'] },
  cwd: undefined,
  env: {},
  stdin: undefined,
};

export type Bench = {
  readonly folder: string;
  readonly store: Store;
  readonly services: Services;
  start(executor: Executor, workers: number): Engine;
  close(): Promise<void>;
};

/** The real store in a file of its own, the real services, and an engine on the machine's clock. */
export async function openBench(): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-bench-'));
  const announcer = processAnnouncer(quietLog);
  const clock = systemClock;
  const store = await openSqliteStore({
    file: join(folder, 'carillon.db'),
    clock,
    announcer,
    log: quietLog,
  });
  const output = openOutputStore({ folder: join(folder, 'output') });
  const ports = {
    store,
    output,
    announcer,
    clock,
    ids: randomIds,
    log: quietLog,
    secrets: noSecrets,
  };
  const services = servicesFor({
    ...ports,
    settings: { zone: 'UTC', intervalMsMin: 1_000, home: folder },
    daemon: () => {
      throw new Error('a benchmark has no daemon');
    },
  })(owner('bench'));
  const engines: Engine[] = [];
  return {
    folder,
    store,
    services,
    start(executor, workers) {
      const executors = new Map<ActionKind, Executor>([[executor.kind, executor]]);
      const engine = startEngine(
        { ...ports, executors },
        { owner: 'bench', workers, leaseMs: 30_000, tagLimits: new Map(), isOnlyProcess: true },
      );
      engines.push(engine);
      return engine;
    },
    async close() {
      for (const engine of engines) await engine.stop();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** An executor that does nothing, and tells when it was asked to. */
export function noopExecutor(begun: (scheduledForMs: number) => void): Executor {
  return {
    kind: 'command',
    execute: (execution) => {
      begun(execution.run.scheduledFor?.epochMilliseconds ?? 0);
      const result = {
        exitCode: 0,
        signal: undefined,
        httpStatus: undefined,
        httpHeaders: undefined,
        durationMs: 0,
        outputBytes: 0,
        outputIsCut: false,
      };
      return Promise.resolve({ kind: 'succeeded', result });
    },
  };
}
