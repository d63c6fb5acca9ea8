import { z } from 'zod';
import { describedElsewhere } from '../../api/json-schema.ts';
import { runRef, toRunId } from '../../api/run-ref.ts';
import { runBriefView, tellRunBriefly, viewRunBriefly } from '../../api/run-view.ts';
import { defineTool } from '../../api/tool.ts';
import { ENDS } from '../hints.ts';

export const cancelRun = defineTool({
  name: 'cancel_run',
  title: 'Cancel a run',
  description:
    'Ends a run: one that waits never starts, one in progress is stopped with everything it started, which may take some seconds. What it has done already stays done. The task and its schedule go on.',
  annotations: ENDS,
  toolset: 'runs',
  access: 'write',
  scope: 'tasks:run',
  input: z.strictObject({
    run: runRef,
    reason: z.string().max(500).optional().describe('kept with the run'),
  }),
  output: describedElsewhere(runBriefView),
  handle: async (services, { run, reason }, call) =>
    viewRunBriefly(await services.cancelRun(toRunId(run), reason), call.zone),
  text: (run, call) =>
    run.ended_at === null
      ? `Asked to end. ${tellRunBriefly(run, call.now())}`
      : tellRunBriefly(run, call.now()),
});
