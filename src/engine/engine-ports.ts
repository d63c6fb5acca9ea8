import type { ActionKind } from '../domain/action.ts';
import type { Announcer } from '../ports/announcer.ts';
import type { Checks } from '../ports/checks.ts';
import type { Clock } from '../ports/clock.ts';
import type { Executor } from '../ports/executor.ts';
import type { GateWatcher } from '../ports/gates.ts';
import type { Ids } from '../ports/ids.ts';
import type { LiveWork } from '../ports/live-work.ts';
import type { Log } from '../ports/log.ts';
import type { OutputStore } from '../ports/output.ts';
import type { OwnServerFor } from '../ports/own-server.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { Store } from '../ports/store.ts';
import type { DaemonBudgets } from './meter.ts';

/** What the engine needs from the outside. */
export type EnginePorts = {
  readonly store: Store;
  readonly executors: ReadonlyMap<ActionKind, Executor>;
  readonly output: OutputStore;
  /** What looks at what an attempt has done; without it, checks of the world fail. */
  readonly checks?: Checks;
  readonly secrets: Pick<Secrets, 'resolve' | 'list' | 'noteUse'>;
  /** Looks at what tasks want looked at before they run; without it, gates are passed. */
  readonly gates?: GateWatcher;
  readonly announcer: Announcer;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Without it no run is given the tools of this program. */
  readonly ownServer?: OwnServerFor;
  /** Where runs in progress say what they have come to; without it nobody is told before they end. */
  readonly liveWork?: LiveWork;
};

export type EngineSettings = {
  /** Names this process among those that hold leases; another one after every start. */
  readonly owner: string;
  /** The most runs in progress at once. */
  readonly workers: number;
  /** How long a claim lasts unless it is renewed, in milliseconds. */
  readonly leaseMs: number;
  /** The most runs in progress for each tag that has a limit. */
  readonly tagLimits: ReadonlyMap<string, number>;
  /** Whether no other process works on this store: what others held is then theirs no more. */
  readonly isOnlyProcess: boolean;
  /** What all runs, and those of tagged tasks, may use together; nothing bounds them when absent. */
  readonly budgets?: DaemonBudgets;
};
