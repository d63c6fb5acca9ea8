import type { RunId } from '../domain/id.ts';
import { originOf, requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Run } from '../domain/run.ts';
import type { Task } from '../domain/task.ts';
import { delegatorOf, requireOffspring } from './agent-bounds.ts';
import { checkOverrides } from './check-overrides.ts';
import { findTask } from './find-task.ts';
import { idempotencyOf, keyReused } from './idempotency.ts';
import type { RunTaskRequest, ServicePorts } from './services.ts';

/** Queues a run of the task now, whatever its schedule and state. Its next occurrence is left alone. */
export async function runTask(
  ports: ServicePorts,
  principal: Principal,
  request: RunTaskRequest,
): Promise<Run> {
  requireScope(principal, 'tasks:run');
  const { idempotencyKey, ...asked } = request;
  const idempotency = await idempotencyOf(principal, 'run_task', idempotencyKey, asked);
  const task = await findTask(ports, principal, request.task);
  requireOffspring(await delegatorOf(ports, principal), task);
  const now = await ports.store.now();
  const inserted = await ports.store.insertRun(
    {
      id: ports.ids.runId(),
      task,
      trigger: 'manual',
      overlap: request.overlap ?? task.definition.policies.overlap,
      overrides: checkOverrides(principal, task, request, ports.settings.home),
      origin: originOf(principal),
      readyAt: now,
    },
    now,
    idempotency,
  );
  switch (inserted.kind) {
    case 'inserted':
      return inserted.run;
    case 'repeated':
      return startedBefore(ports, inserted.id);
    case 'key_reused':
      throw keyReused();
    case 'overlaps':
      throw overlaps(task, inserted.with);
  }
}

export function overlaps(task: Task, run: RunId): Refusal {
  return new Refusal(
    'conflict',
    `${JSON.stringify(task.definition.name)} is already running (${run}). Wait for it with wait_for_run, cancel it with cancel_run, or pass overlap "allow".`,
  );
}

export async function startedBefore(ports: ServicePorts, id: RunId): Promise<Run> {
  const run = await ports.store.getRun(id);
  if (run !== undefined) return run;
  throw new Refusal(
    'conflict',
    `The run that this idempotency key started (${id}) has been removed. Use a new key to start another.`,
  );
}
