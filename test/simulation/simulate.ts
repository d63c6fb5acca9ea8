import { defaultPolicies } from '../../src/domain/policies.ts';
import { originOf, owner } from '../../src/domain/principal.ts';
import type { Task, TaskDefinition } from '../../src/domain/task.ts';
import { isFinal } from '../../src/domain/run.ts';
import type { RunId, TaskId } from '../../src/domain/id.ts';
import { cancelRun } from '../../src/service/cancel-run.ts';
import { deleteTask } from '../../src/service/delete-task.ts';
import { pauseTask } from '../../src/service/pause-task.ts';
import { resumeTask } from '../../src/service/resume-task.ts';
import type { ServicePorts } from '../../src/service/services.ts';
import { restart } from '../../src/service/task-schedule.ts';
import { updateTask } from '../../src/service/update-task.ts';
import { Refusal } from '../../src/domain/refusal.ts';
import { actionOf } from '../support/actions.ts';
import { seededIds } from '../support/ids.ts';
import type { History, HistoryEvent, TaskPlan } from './history.ts';
import { simProcess, type Faults, type SimProcess } from './process.ts';
import { heldUntilMs } from './spending.ts';
import { makeWorld, settled, type World } from './world.ts';

const LEASE_MS = 1_500;
const WORKERS = 4;

/** When everything has been started again, it comes to rest within so many looks. */
const SETTLE_LOOKS_MAX = 200;
const SETTLE_LOOK_MS = 300;

const FREEZE_LOOK_MS = 500;

const SOMEBODY = owner('simulation');

/** Lets a history happen to the real engine and services, then lets the world come to rest. */
export async function simulate(history: History, faults: Faults = {}): Promise<World> {
  const world = makeWorld(history.processes === 1);
  const settings = {
    workers: WORKERS,
    leaseMs: LEASE_MS,
    tagLimits: new Map<string, number>(),
    isOnlyProcess: history.processes === 1,
  };
  const ids = seededIds(1, { now: world.now, monotonicMs: () => 0, setTimer: () => () => {} });
  const processes = Array.from({ length: history.processes }, (_, index) =>
    simProcess(world, index, settings, history.behaviours, ids, faults),
  );
  for (const process of processes) process.start();
  for (const [index, plan] of history.tasks.entries()) {
    ask(world, processes, index, (ports) => create(ports, plan, index));
  }
  await settled();
  for (const event of history.events) {
    if (world.violations.length > 0) return world;
    await happen(world, processes, event);
  }
  await comeToRest(world, processes);
  return world;
}

async function happen(
  world: World,
  processes: readonly SimProcess[],
  event: HistoryEvent,
): Promise<void> {
  switch (event.kind) {
    case 'advance':
      return world.advance(event.ms);
    case 'step':
      world.step(event.ms);
      return settled();
    case 'kill':
      return nth(processes, event.process)?.killAt(event.at);
    case 'freeze':
      return nth(processes, event.process)?.freeze(event.ms);
    case 'start':
      nth(processes, event.process)?.start();
      return settled();
    case 'pause':
    case 'resume':
    case 'delete':
    case 'edit':
    case 'run':
    case 'cancel':
      askFor(world, processes, event);
      return settled();
  }
}

type Request = Extract<HistoryEvent, { task: number } | { run: number }>;

function askFor(world: World, processes: readonly SimProcess[], event: Request): void {
  if (event.kind === 'cancel') {
    const run = nth([...world.state.runs.keys()], event.run);
    if (run !== undefined) ask(world, processes, event.run, (ports) => cancel(world, ports, run));
    return;
  }
  const id = nth([...world.state.tasks.keys()], event.task);
  if (id === undefined) return;
  switch (event.kind) {
    case 'pause':
      return ask(world, processes, event.task, (ports) => pauseTask(ports, SOMEBODY, id));
    case 'resume':
      return ask(world, processes, event.task, (ports) => resumeTask(ports, SOMEBODY, id));
    case 'delete':
      return ask(world, processes, event.task, (ports) => deleteTask(ports, SOMEBODY, id));
    case 'edit': {
      const when = { every: `${event.intervalMs}ms` };
      return ask(world, processes, event.task, (ports) =>
        updateTask(ports, SOMEBODY, id, { when }),
      );
    }
    case 'run': {
      const { key } = event;
      // A client that gets no answer asks again, here at once and of another process.
      ask(world, processes, event.task, (ports) => run(world, ports, id, key));
      if (key !== undefined)
        ask(world, processes, event.task + 1, (ports) => run(world, ports, id, key));
    }
  }
}

/** Asks a process that is alive; what the answer is does not matter here, only what is true afterwards. */
function ask(
  world: World,
  processes: readonly SimProcess[],
  index: number,
  request: (ports: ServicePorts) => Promise<unknown>,
): void {
  const process = nth(
    processes.filter((one) => one.isAlive() && !one.isFrozen()),
    index,
  );
  if (process === undefined) return;
  request(process.services()).catch((error: unknown) => {
    if (error instanceof Refusal && error.code !== 'internal') return;
    world.violations.push(`a request failed: ${String(error)}`);
  });
}

/** Makes the task as `createTask` does, without reading a text and writing a receipt each time. */
async function create(ports: ServicePorts, plan: TaskPlan, index: number): Promise<void> {
  const now = await ports.store.now();
  const id = ports.ids.taskId();
  const definition = definitionOf(plan, `task ${index}`, now);
  const task: Task = {
    id,
    namespace: 'native',
    foreignId: undefined,
    ext: {},
    state: 'active',
    stateReason: undefined,
    stateAt: now,
    version: 1,
    revision: 1,
    definition,
    ...restart(id, definition.schedule, now),
    origin: originOf(SOMEBODY),
    createdAt: now,
    updatedAt: now,
  };
  await ports.store.insertTask(task, undefined);
}

function definitionOf(plan: TaskPlan, name: string, anchor: Temporal.Instant): TaskDefinition {
  const { catchUp: mode, windowMs, spreadMs, overlap, concurrency, timeoutMs, deadlineMs } = plan;
  const { attemptsMax, retriesLost, intervalMs, agent: budget } = plan;
  const policies = defaultPolicies('command');
  const retry = { attemptsMax, retriesLost, backoffMs: 300, backoffMsMax: 1_000 };
  return {
    name,
    description: undefined,
    schedule: {
      source: `${intervalMs}ms`,
      rule: { kind: 'every', intervalMs, anchor },
      zone: 'UTC',
      exclusions: [],
      blackouts: [],
      startAt: undefined,
      endAt: undefined,
      runsMax: undefined,
      jitterMs: 0,
    },
    action: actionOf(budget === undefined ? 'command' : 'agent'),
    policies: {
      ...policies,
      catchUp: { mode, windowMs, spreadMs },
      overlap,
      retry: { ...policies.retry, ...retry },
      timeoutMs,
      concurrency,
      deadlineMs,
      ...(budget === undefined ? {} : { budget }),
    },
    tags: [],
  };
}

async function run(
  world: World,
  ports: ServicePorts,
  id: TaskId,
  key: number | undefined,
): Promise<void> {
  const task = await ports.store.findTask({ by: 'id', id });
  if (task === undefined) return;
  const now = await ports.store.now();
  const { overlap } = task.definition.policies;
  const { origin } = task;
  const request = {
    id: ports.ids.runId(),
    task,
    trigger: 'manual',
    overlap,
    overrides: {},
    origin,
    readyAt: now,
  } as const;
  const idempotency =
    key === undefined
      ? undefined
      : { principal: 'owner', key: `${key} ${id}`, requestHash: `${key} ${id}` };
  if (idempotency !== undefined) world.keyed.set(request.id, idempotency.requestHash);
  await ports.store.insertRun(request, now, idempotency);
}

async function cancel(world: World, ports: ServicePorts, id: RunId): Promise<void> {
  const before = world.state.runs.get(id)?.run;
  if (before === undefined || isFinal(before.state)) return;
  const answer = await cancelRun(ports, SOMEBODY, id);
  if (answer.state === 'cancelled' || answer.cancelRequestedAt !== undefined) {
    world.cancelled.set(id, answer.attempt);
  }
}

/** Starts everything again, sets the clock right, and waits until nothing is due or unfinished. */
async function comeToRest(world: World, processes: readonly SimProcess[]): Promise<void> {
  if (world.violations.length > 0) return;
  world.isSettling = true;
  for (const process of processes) process.killAt(undefined);
  // What was asked of a frozen process is answered before the last requests are made.
  while (processes.some((process) => process.isFrozen())) await world.advance(FREEZE_LOOK_MS);
  for (const process of processes) process.start();
  world.step(Math.max(0, world.wallMsMax() - world.wallMs));
  await settled();
  for (const [id, { task }] of world.state.tasks) {
    if (task.state !== 'paused') continue;
    ask(world, processes, 0, (ports) => resumeTask(ports, SOMEBODY, id));
  }
  for (let look = 0; look < SETTLE_LOOKS_MAX; look += 1) {
    await world.advance(SETTLE_LOOK_MS);
    if (world.violations.length > 0 || isAtRest(world)) return;
    // What waits for the next day, or for a vendor, would wait for long.
    const heldMs = heldUntilMs(world);
    if (heldMs !== undefined) world.step(heldMs - world.wallMs);
  }
  world.violations.push(`it does not come to rest: ${unrest(world)}`);
}

function isAtRest(world: World): boolean {
  for (const row of world.state.runs.values()) if (!isFinal(row.run.state)) return false;
  for (const row of world.state.tasks.values()) {
    if (row.dueMs !== undefined && row.dueMs <= world.wallMs) return false;
  }
  return true;
}

function unrest(world: World): string {
  const runs = [...world.state.runs.values()].filter((row) => !isFinal(row.run.state));
  return runs.map(({ run }) => `${run.id} is ${run.state}`).join(', ') || 'a task stays due';
}

function nth<Item>(items: readonly Item[], index: number): Item | undefined {
  return items.length === 0 ? undefined : items[index % items.length];
}
