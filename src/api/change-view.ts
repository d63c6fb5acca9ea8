import { z } from 'zod';
import type { Change } from '../domain/change.ts';

export const changeView = z.object({
  id: z.number(),
  at: z.string(),
  kind: z.string(),
  task_id: z.string().nullable(),
  run_id: z.string().nullable(),
});
export type ChangeView = z.output<typeof changeView>;

/** Changes are for programs, so their times are in UTC. */
export function viewChange(change: Change): ChangeView {
  return {
    id: change.id,
    at: change.at.toString(),
    kind: change.kind,
    task_id: change.taskId ?? null,
    run_id: change.runId ?? null,
  };
}
