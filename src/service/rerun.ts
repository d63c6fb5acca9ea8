import { overridesOf } from '../domain/run-overrides.ts';
import type { RunId } from '../domain/id.ts';
import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Run } from '../domain/run.ts';
import { findRun } from './find-run.ts';
import { runTask } from './run-task.ts';
import type { RerunRequest, ServicePorts } from './services.ts';

/** Starts the task of a run again, with what that run was given and what is changed now. */
export async function rerun(
  ports: ServicePorts,
  principal: Principal,
  id: RunId,
  changes: RerunRequest,
): Promise<Run> {
  requireScope(principal, 'tasks:run');
  const { taskId, overrides, result } = await findRun(ports, principal, id);
  const { continue: isContinued = false, ...asked } = changes;
  if (isContinued && result?.answer?.session === undefined) throw noSession(id);
  const given = Object.entries(overridesOf(overrides)).filter(([, value]) => value !== undefined);
  return runTask(ports, principal, {
    ...Object.fromEntries(given),
    ...asked,
    ...(isContinued ? { continues: id } : {}),
    task: taskId,
  });
}

function noSession(id: RunId): Refusal {
  return new Refusal(
    'conflict',
    `The run ${id} has no session that could be resumed.`,
    'Only runs of agents have one, once their engine has told it. Start the run again without "continue".',
  );
}
