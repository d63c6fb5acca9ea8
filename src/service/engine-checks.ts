import type { Action } from '../domain/action.ts';
import { Refusal } from '../domain/refusal.ts';
import type { EngineReport } from '../ports/engines.ts';
import type { ServicePorts } from './services.ts';

/** Refuses an agent action that its engine cannot carry out, or that would lift its limits. */
export function requireEngine({ engines }: ServicePorts, action: Action): void {
  if (action.kind !== 'agent') return;
  const problem = engines?.problemWith(action);
  if (problem !== undefined) throw new Refusal('invalid', problem);
}

/** What a person should know of the engine before relying on the task. */
export async function engineWarnings(
  { engines }: ServicePorts,
  action: Action,
): Promise<readonly string[]> {
  if (action.kind !== 'agent' || engines === undefined) return [];
  const report = await engines.find(action.engine);
  return report === undefined
    ? [`There is no engine ${JSON.stringify(action.engine)} any more; runs fail until there is.`]
    : warningsOf(report);
}

function warningsOf({ name, program, path, login, isTested }: EngineReport): readonly string[] {
  if (path === undefined) {
    return [
      `The program ${JSON.stringify(program)} of the engine ${name} was not found; runs fail until it is installed for the user of the daemon.`,
    ];
  }
  return [
    ...(login === 'no' ? [`${name} says that nobody is logged in; runs will probably fail.`] : []),
    ...(isTested ? [] : [`The engine ${name} is untested: Carillon was never run with it.`]),
  ];
}
