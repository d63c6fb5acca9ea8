import { secretsOf } from '../domain/action.ts';
import { homeNamespace, originOf, requireScope, type Principal } from '../domain/principal.ts';
import type { Run } from '../domain/run.ts';
import type { Task } from '../domain/task.ts';
import { requireNoRun } from './agent-bounds.ts';
import { newTask } from './create-task.ts';
import { defineTask } from './define-task.ts';
import { requireEngine } from './engine-checks.ts';
import { idempotencyOf, keyReused } from './idempotency.ts';
import { requireGrants } from './require-grants.ts';
import { overlaps, startedBefore } from './run-task.ts';
import { saysAction } from './says-action.ts';
import type { RunActionRequest, ServicePorts, TaskDraft } from './services.ts';

/** By it such runs are found, limited and counted. */
const TAG = 'quick-run';
const NAME_CHARS_MAX = 80;

/**
 * Carries an action out once. It has a task all the same, with its version and its budget, so that nothing
 * behind it is another way; but no list has that task, and it goes with its run.
 */
export async function runAction(
  ports: ServicePorts,
  principal: Principal,
  request: RunActionRequest,
): Promise<Run> {
  const { idempotencyKey, ...asked } = request;
  const idempotency = await idempotencyOf(principal, 'run_action', idempotencyKey, asked);
  const { task, now } = await prepareAction(ports, principal, request);
  const inserted = await ports.store.insertUnlistedRun(
    {
      id: ports.ids.runId(),
      task,
      trigger: 'manual',
      overlap: 'allow',
      overrides: {},
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

/** The task of such a run. Refuses what cannot be carried out. */
export async function prepareAction(
  ports: ServicePorts,
  principal: Principal,
  request: RunActionRequest,
): Promise<{ readonly task: Task; readonly now: Temporal.Instant }> {
  requireScope(principal, 'tasks:write');
  requireNoRun(principal, 'start a run of no task');
  requireEngine(ports, request.action);
  const now = await ports.store.now();
  const draft = draftOf(request);
  const definition = defineTask(draft, ports.settings, homeNamespace(principal), now);
  const task = newTask(ports, principal, draft, { definition, lineage: undefined }, now);
  if (secretsOf(definition.action).length > 0) requireGrants(await ports.secrets.list(), task);
  return { task, now };
}

function draftOf({ action, name, timeoutMs, budget }: RunActionRequest): TaskDraft {
  return {
    name: name ?? `Quick run: ${lineOf(action)}`,
    action,
    tags: [TAG],
    policies: {
      overlap: 'allow',
      retry: { attemptsMax: 1 },
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(budget === undefined ? {} : { budget }),
    },
  };
}

/** The first words of what is done, as a name may hold them. */
function lineOf(action: RunActionRequest['action']): string {
  const signs = Array.from(
    saysAction(action)
      .replaceAll(/[\s\p{C}]+/gu, ' ')
      .trim(),
  );
  return signs.slice(0, NAME_CHARS_MAX).join('');
}
