import { z } from 'zod';
import { given } from '../../api/given.ts';
import { OVERLAP_POLICIES } from '../../api/policies-input.ts';
import { runBriefView, tellRunBriefly, viewRunBriefly } from '../../api/run-view.ts';
import { taskRef } from '../../api/task-input.ts';
import { defineTool } from '../../api/tool.ts';
import { STARTS } from '../hints.ts';

export const runTask = defineTool({
  name: 'run_task',
  title: 'Run a task now',
  description:
    'Starts a run of a task now, beside its schedule, and answers at once with the id of the run; wait_for_run waits for its end. Works for paused tasks too. Refused when another run is unfinished and the overlap policy forbids it. With an idempotency key, repeating the call after a time-out starts nothing twice.',
  annotations: STARTS,
  toolset: 'tasks',
  access: 'write',
  input: z.strictObject({
    task: taskRef,
    overlap: z
      .enum(OVERLAP_POLICIES)
      .optional()
      .describe('for this run; default: as the task says'),
    idempotency_key: z.string().min(1).max(200).optional().describe('same key: no second run'),
  }),
  output: runBriefView.extend({ run: z.string() }),
  handle: async (services, { task, overlap, idempotency_key: idempotencyKey }, call) => {
    const run = await services.runTask({ task, ...given({ overlap, idempotencyKey }) });
    return { run: run.id, ...viewRunBriefly(run, call.zone) };
  },
  text: (run, call) => `${tellRunBriefly(run, call.now())}\nwait_for_run tells how it ends.`,
});
