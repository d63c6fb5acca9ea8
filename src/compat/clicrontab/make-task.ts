import type { Action } from '../../domain/action.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { WhenInput } from '../../domain/schedule/parse-when.ts';
import type { Receipt } from '../../domain/schedule/receipt.ts';
import type { Task } from '../../domain/task.ts';
import type { PoliciesDraft, Services, TaskEdit } from '../../service/services.ts';
import { extOf, type TaskExt } from './prompt-action.ts';
import { newTaskId } from './wire-ids.ts';

/** A schedule that cannot be: the older system says so in words and codes of its own. */
export class CronRefusal extends Refusal {}

export const BAD_CRON = '无效的 cron 表达式';

/** As long as a run may take here, which stands for no limit. */
const TIMEOUT_S_MAX = 7 * 24 * 60 * 60;

export type NewTask = {
  readonly name: string | undefined;
  readonly cron: string;
  readonly action: Action;
  readonly ext: TaskExt;
  /** Absent for no limit. */
  readonly timeoutS: number | undefined;
  readonly isPaused: boolean;
};

/** @param zone IANA zone of the schedule; the daemon's own when absent. */
export async function makeTask(
  services: Services,
  zone: string | undefined,
  { name, cron, action, ext, timeoutS, isPaused }: NewTask,
): Promise<Task> {
  const id = newTaskId();
  const { when } = await readCron(services, zone, cron, 1);
  const { task } = await services.createTask({
    ...nameOf(name, id, ext),
    when,
    ...(zone === undefined ? {} : { zone }),
    action,
    // What came due while nobody was there to start it is not made up for, as in the older system.
    policies: { ...timeoutPolicy(timeoutS), catchUp: { mode: 'none' } },
    isPaused,
    foreignId: id,
  });
  return task;
}

export function timeoutPolicy(timeoutS: number | undefined): PoliciesDraft {
  return { timeoutMs: (timeoutS ?? TIMEOUT_S_MAX) * 1_000 };
}

/** `undefined` for no limit. */
export function timeoutOf(task: Task): number | undefined {
  const seconds = task.definition.policies.timeoutMs / 1_000;
  return seconds >= TIMEOUT_S_MAX ? undefined : seconds;
}

/** Tasks have a name here, and may have none there. */
export function nameOf(
  name: string | undefined,
  id: string,
  ext: TaskExt,
): Required<Pick<TaskEdit, 'name' | 'ext'>> {
  const isNamed = name !== undefined && name.trim() !== '';
  const { prompt } = ext;
  const kept: TaskExt = prompt === undefined ? {} : { prompt };
  return isNamed
    ? { name, ext: extOf(kept) }
    : { name: `task ${id.slice(0, ID_CHARS_IN_NAME)}`, ext: extOf({ ...kept, is_unnamed: true }) };
}

const ID_CHARS_IN_NAME = 8;

export function wireName(task: Task): string | undefined {
  const ext: TaskExt = task.ext;
  return ext.is_unnamed === true ? undefined : task.definition.name;
}

/** The schedule as the services read it, with its times after now or another. Refuses as a `CronRefusal`. */
export async function readCron(
  services: Services,
  zone: string | undefined,
  cron: string,
  count: number,
  after?: Temporal.Instant,
): Promise<{ readonly when: WhenInput; readonly receipt: Receipt }> {
  const when = { cron, dialect: 'robfig' } as const;
  try {
    const receipt = await services.previewSchedule({
      when,
      count,
      ...(zone === undefined ? {} : { zone }),
      ...(after === undefined ? {} : { after }),
    });
    return { when, receipt };
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'invalid') throw error;
    throw new CronRefusal('invalid', error.message, error.hint);
  }
}

/** Sets being paused, whatever an edit made of the task's state. */
export async function setPaused(services: Services, task: Task, isPaused: boolean): Promise<Task> {
  if (isPaused === (task.state !== 'active')) return task;
  if (isPaused) return services.pauseTask(task.id);
  return (await services.resumeTask(task.id)).task;
}
