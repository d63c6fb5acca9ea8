import { z } from 'zod';
import { FIRST_PART } from '../../api/answer-view.ts';
import { runRef, toRunId } from '../../api/run-ref.ts';
import { runDetailView, tellRunDetail, viewRunDetail } from '../../api/run-view.ts';
import { defineTool } from '../../api/tool.ts';
import { READS } from '../hints.ts';

export const getRun = defineTool({
  name: 'get_run',
  title: 'Look at a run',
  description:
    'Tells everything about one run: state and why, lateness, attempts, exit code or status, tokens and cost, and as "result" what an agent or a model answered. Each of "attempts" has its own outcome. read_output tells what it printed.',
  annotations: READS,
  toolset: 'runs',
  access: 'read',
  input: z.strictObject({
    run: runRef,
    result_from: z.int().min(0).default(0).describe('result_next, to read on in a long result'),
  }),
  output: runDetailView,
  handle: async (services, { run, result_from: from }, call) =>
    viewRunDetail(await services.getRun(toRunId(run)), call.zone, { ...FIRST_PART, from }),
  text: (run, call) => tellRunDetail(run, call.now(), call.mark),
});
