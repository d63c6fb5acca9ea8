import { secretsOf } from '../domain/action.ts';
import { receiptFor, type Receipt } from '../domain/schedule/receipt.ts';
import type { Schedule } from '../domain/schedule/schedule.ts';
import type { Task } from '../domain/task.ts';
import { channelWarnings } from './channel-warnings.ts';
import { engineWarnings } from './engine-checks.ts';
import type { ServicePorts, TaskWithReceipt } from './services.ts';
import { chainWarnings } from './task-chain.ts';

/** Next times that an answer about a task tells. */
const OCCURRENCES_TOLD = 5;

/** The task with what its schedule means, and with what a person should know before relying on it. */
export async function answerTask(
  ports: ServicePorts,
  task: Task,
  isRepeat: boolean,
): Promise<TaskWithReceipt> {
  const now = ports.clock.now();
  const ours = await warningsOf(ports, task);
  const receipt = receiptOf(task, now);
  if (receipt === undefined) return { task, receipt, isRepeat, warnings: ours };
  const warnings = [...receipt.warnings, ...ours];
  return { task, receipt: { ...receipt, warnings }, isRepeat, warnings };
}

function receiptOf(task: Task, now: Temporal.Instant): Receipt | undefined {
  const { schedule } = task.definition;
  return schedule && receiptFor(remaining(schedule, task), now, OCCURRENCES_TOLD);
}

/** The schedule with as many runs as are left of it: none for a task that has ended. */
function remaining(schedule: Schedule, { state, runsPlanned }: Task): Schedule {
  if (state === 'ended') return { ...schedule, runsMax: 0 };
  if (schedule.runsMax === undefined) return schedule;
  return { ...schedule, runsMax: Math.max(0, schedule.runsMax - runsPlanned) };
}

async function warningsOf(ports: ServicePorts, task: Task): Promise<readonly string[]> {
  const { action } = task.definition;
  const names = secretsOf(action);
  const set = names.length === 0 ? [] : (await ports.secrets.list()).map((secret) => secret.name);
  const missing = names
    .filter((name) => !set.includes(name))
    .map((name) => `The secret ${JSON.stringify(name)} is not set yet; runs fail until it is.`);
  const ofEngine = await engineWarnings(ports, action);
  const ofChannels = channelWarnings(ports, task.definition);
  const ofChain = await chainWarnings(ports, task);
  return [
    ...(await directoryWarnings(ports, task)),
    ...missing,
    ...ofEngine,
    ...ofChannels,
    ...ofChain,
  ];
}

async function directoryWarnings(ports: ServicePorts, task: Task): Promise<readonly string[]> {
  const { action } = task.definition;
  if (!('cwd' in action) || action.cwd === undefined) return [];
  if (ports.isDirectory === undefined || (await ports.isDirectory(action.cwd))) return [];
  return [`The directory ${JSON.stringify(action.cwd)} does not exist; runs fail until it does.`];
}
