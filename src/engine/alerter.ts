import type { AlertPolicy } from '../domain/alerts/alert-policy.ts';
import {
  onFailure,
  onFinding,
  onHeld,
  onMissed,
  onSuccess,
  type AlertStep,
} from '../domain/alerts/decide-alert.ts';
import { nextTry, wordsOf } from '../domain/alerts/tell-item.ts';
import type { Change } from '../domain/change.ts';
import { isSkipped } from '../domain/gates/gate.ts';
import type { TaskId } from '../domain/id.ts';
import type { InboxItem } from '../domain/inbox/inbox-item.ts';
import type { Channels } from '../ports/channels.ts';
import type { EnginePorts } from './engine-ports.ts';
import { repeat } from './repeat.ts';

export type AlerterPorts = Pick<EnginePorts, 'store' | 'announcer' | 'clock' | 'log'> & {
  readonly channels: Pick<Channels, 'deliver'>;
};

export type AlerterSettings = {
  /** The rule of tasks that have none of their own. */
  readonly byDefault: AlertPolicy;
};

/** Changes looked at, and items told, in one pass. */
const CHANGES_PER_PASS = 200;
const ITEMS_PER_PASS = 20;
/** Changes that may be looked at again after a restart. */
const UNSTORED_CHANGES_MAX = 1_000;

/** Stretches looked at for one change: as many as one plan records for a task. */
const GAPS_MAX = 1_000;

/** What went wrong wakes the watcher; that it is well again is found this late, in milliseconds. */
const LOOK_MS_MAX = 2_000;

export type Alerter = {
  /** Ends what is being told now; it is told at the next start. */
  stop(): Promise<void>;
};

/**
 * Watches the changes for what a person should know of, and tells what is waiting to be told. Which
 * changes were looked at is stored along with what came of them, so nothing is missed or doubled by a
 * daemon that dies.
 */
export function startAlerter(ports: AlerterPorts, settings: AlerterSettings): Alerter {
  const { clock, log, announcer } = ports;
  const stopping = new AbortController();
  const place = startPlace();
  const watcher = repeat(
    clock,
    log,
    'alerter',
    () => watchOnce(ports, settings, place),
    LOOK_MS_MAX,
  );
  const teller = repeat(clock, log, 'teller', () => tellOnce(ports, stopping.signal));
  const stopListening = announcer.listen((changes) => {
    if (changes.some((change) => isWatched(change) && change.kind !== 'run.succeeded')) {
      watcher.wake();
    }
    if (changes.some(({ kind }) => kind === 'inbox.added' || kind === 'inbox.changed')) {
      teller.wake();
    }
  });
  return {
    async stop() {
      stopListening();
      stopping.abort();
      await Promise.all([watcher.stop(), teller.stop()]);
    },
  };
}

const WATCHED: ReadonlySet<Change['kind']> = new Set([
  'run.failed',
  'run.held',
  'run.succeeded',
  'occurrence.missed',
]);

function isWatched({ kind }: Change): boolean {
  return WATCHED.has(kind);
}

/** How far the watcher has come: as it is stored, and as it has seen. */
export type Place = { stored: number | undefined; seen: number };

export function startPlace(): Place {
  return { stored: undefined, seen: 0 };
}

/**
 * Decides what the changes since the last pass mean, each by itself, because what one does to a task's
 * items decides what the next one means. Changes that mean nothing, which are nearly all, cost no
 * write: a later daemon may look at them again and finds that they mean nothing.
 *
 * @returns milliseconds to the next pass.
 */
export async function watchOnce(
  ports: AlerterPorts,
  settings: AlerterSettings,
  place: Place,
): Promise<number> {
  const { inbox } = ports.store;
  const now = await ports.store.now();
  if (place.stored === undefined && !(await findPlace(ports, place, now))) return 0;
  const changes = await ports.store.listChanges(place.seen, CHANGES_PER_PASS);
  const last = changes.at(-1);
  if (last === undefined) return Infinity;
  const watched = firstOfEach(changes.filter(isWatched));
  const open = await openItems(ports, watched);
  for (const change of watched) {
    const { taskId } = change;
    if (taskId === undefined) continue;
    const steps = await stepsOf(ports, settings, change, taskId, open.get(taskId) ?? []);
    if (steps.length === 0) continue;
    if (!(await moveTo(ports, place, change.id, steps, now))) return 0;
    open.set(taskId, await inbox.listOpen([taskId]));
  }
  place.seen = last.id;
  if (last.id - (place.stored ?? 0) >= UNSTORED_CHANGES_MAX) {
    await moveTo(ports, place, last.id, [], now);
  }
  return changes.length === CHANGES_PER_PASS ? 0 : Infinity;
}

/** @returns `false` when there was none: what happened before anybody asked for alerts is history. */
async function findPlace(
  ports: AlerterPorts,
  place: Place,
  now: Temporal.Instant,
): Promise<boolean> {
  const { store } = ports;
  const stored = await store.inbox.alertPosition();
  if (stored === undefined) {
    await store.inbox.applyAlerts(undefined, await store.lastChangeId(), [], now);
    return false;
  }
  place.stored = stored;
  place.seen = stored;
  return true;
}

/** @returns `false` when another has moved on meanwhile: where to, is read anew. */
async function moveTo(
  ports: AlerterPorts,
  place: Place,
  position: number,
  steps: readonly AlertStep[],
  now: Temporal.Instant,
): Promise<boolean> {
  const isMoved = await ports.store.inbox.applyAlerts(place.stored, position, steps, now);
  place.stored = isMoved ? position : undefined;
  place.seen = position;
  return isMoved;
}

/** One plan announces a change for each stretch that was missed; they are looked at together. */
function firstOfEach(changes: readonly Change[]): readonly Change[] {
  const seen = new Set<string>();
  return changes.filter(({ kind, taskId, at }) => {
    if (kind !== 'occurrence.missed') return true;
    const key = `${taskId} ${at.epochMilliseconds}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

async function openItems(
  ports: AlerterPorts,
  changes: readonly Change[],
): Promise<Map<TaskId, readonly InboxItem[]>> {
  const taskIds = new Set(changes.flatMap(({ taskId }) => (taskId === undefined ? [] : [taskId])));
  const items = await ports.store.inbox.listOpen([...taskIds]);
  return new Map([...taskIds].map((id) => [id, items.filter(({ taskId }) => taskId === id)]));
}

async function stepsOf(
  ports: AlerterPorts,
  { byDefault }: AlerterSettings,
  change: Change,
  taskId: TaskId,
  open: readonly InboxItem[],
): Promise<readonly AlertStep[]> {
  const { store } = ports;
  if (change.kind === 'occurrence.missed')
    return missedSteps(ports, byDefault, change, taskId, open);
  const run = change.runId === undefined ? undefined : await store.getRun(change.runId);
  const definition = run && (await store.getDefinition(taskId, run.taskVersion));
  // One that did nothing mends nothing.
  if (run === undefined || definition === undefined || isSkipped(run.result)) return [];
  if (change.kind === 'run.succeeded') {
    const found = onFinding(run, definition, byDefault);
    return [...onSuccess(definition, byDefault, open), ...(found === undefined ? [] : [found])];
  }
  const decide = change.kind === 'run.held' ? onHeld : onFailure;
  const step = decide(run, definition, byDefault, open);
  return step === undefined ? [] : [step];
}

/** A deleted task is missed by nobody. */
async function missedSteps(
  { store }: AlerterPorts,
  byDefault: AlertPolicy,
  change: Change,
  taskId: TaskId,
  open: readonly InboxItem[],
): Promise<readonly AlertStep[]> {
  const task = await store.findTask({ by: 'id', id: taskId });
  if (task === undefined) return [];
  const { namespace, definition } = task;
  const gaps = await store.listGaps(namespace, change.at, change.at, GAPS_MAX);
  const entries = gaps.filter((gap) => gap.taskId === taskId).toReversed();
  const subject = { namespace, taskId, taskName: definition.name };
  const step = onMissed(subject, definition, byDefault, entries, open);
  return step === undefined ? [] : [step];
}

/** Tells the items that wait for it. @returns milliseconds to the next pass. */
export async function tellOnce(ports: AlerterPorts, signal: AbortSignal): Promise<number> {
  const { inbox } = ports.store;
  const items = await inbox.listPending(await ports.store.now(), ITEMS_PER_PASS);
  for (const item of items) {
    if (signal.aborted || item.pending === undefined) break;
    const deliveries = await ports.channels.deliver(
      item.notice.channels,
      wordsOf(item, item.pending),
      signal,
    );
    if (signal.aborted) break;
    const now = await ports.store.now();
    await inbox.recordTold(item, deliveries, nextTry(item.pending, deliveries, now), now);
  }
  return items.length === ITEMS_PER_PASS ? 0 : Infinity;
}
