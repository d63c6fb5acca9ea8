import { z } from 'zod';
import { toFolder } from '../../api/folder-input.ts';
import { given } from '../../api/given.ts';
import { describedElsewhere } from '../../api/json-schema.ts';
import { OVERLAP_POLICIES } from '../../api/policies-input.ts';
import { runBriefView, tellRunBriefly, viewRunBriefly } from '../../api/run-view.ts';
import { taskRef } from '../../api/task-input.ts';
import { defineTool } from '../../api/tool.ts';
import type { JsonObject } from '../../domain/json.ts';
import { STARTS } from '../hints.ts';

export const runTask = defineTool({
  name: 'run_task',
  title: 'Run a task now',
  description:
    'Starts a run of a task now, beside its schedule, and answers at once with the id of the run; wait_for_run waits for its end. Works for paused tasks too. Refused when another run is unfinished and the overlap policy forbids it. With an idempotency key, repeating the call after a time-out starts nothing twice.',
  annotations: STARTS,
  toolset: 'tasks',
  access: 'write',
  scope: 'tasks:run',
  input: z.strictObject({
    task: taskRef,
    overlap: z
      .enum(OVERLAP_POLICIES)
      .optional()
      .describe('for this run; default: as the task says'),
    cwd: z.string().optional().describe('working directory of this run'),
    prompt: z.string().optional().describe('prompt of this run'),
    payload: z.looseObject({}).optional().describe('data for {{payload.…}}'),
    gates: z.boolean().optional().describe('true: only when its gates let it'),
    idempotency_key: z.string().min(1).max(200).optional().describe('same key: no second run'),
  }),
  output: describedElsewhere(runBriefView.extend({ run: z.string() })),
  handle: async (services, { task, idempotency_key: idempotencyKey, ...asked }, call) => {
    const run = await services.runTask({
      task,
      ...given({
        overlap: asked.overlap,
        cwd: asked.cwd === undefined ? undefined : toFolder(asked.cwd, call.cwd),
        prompt: asked.prompt,
        payload: asked.payload as JsonObject | undefined,
        gates: asked.gates,
        idempotencyKey,
      }),
    });
    return { run: run.id, ...viewRunBriefly(run, call.zone) };
  },
  text: (run, call) => `${tellRunBriefly(run, call.now())}\nwait_for_run tells how it ends.`,
});
