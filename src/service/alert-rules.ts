import type { AlertPolicy } from '../domain/alerts/alert-policy.ts';
import { requireScope, type Principal } from '../domain/principal.ts';
import type { Task } from '../domain/task.ts';
import { tasksSeenBy } from './all-tasks.ts';
import type { ServicePorts } from './services.ts';

/** What is told through the channels. */
export type AlertRules = {
  /** Of tasks that do not say it themselves. */
  readonly byDefault: AlertPolicy;
  readonly tasks: readonly { readonly task: Task; readonly rule: AlertPolicy }[];
};

/** The rule for all tasks, and those of the tasks that have one of their own. */
export async function listAlertRules(
  ports: ServicePorts,
  principal: Principal,
): Promise<AlertRules> {
  requireScope(principal, 'tasks:read');
  const tasks = await tasksSeenBy(ports, principal);
  return {
    byDefault: ports.settings.alerts ?? NOTHING,
    tasks: tasks.flatMap((task) => {
      const rule = task.definition.policies.alerts;
      return rule === undefined ? [] : [{ task, rule }];
    }),
  };
}

const NOTHING: AlertPolicy = { on: [], channels: [] };
