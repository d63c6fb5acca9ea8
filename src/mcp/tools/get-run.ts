import { z } from 'zod';
import { runRef, toRunId } from '../../api/run-ref.ts';
import { runDetailView, tellRunDetail, viewRunDetail } from '../../api/run-view.ts';
import { defineTool } from '../../api/tool.ts';
import { READS } from '../hints.ts';

export const getRun = defineTool({
  name: 'get_run',
  title: 'Look at a run',
  description:
    'Tells everything about one run: state and why, lateness, attempts, exit code or status. read_output tells what it printed.',
  annotations: READS,
  toolset: 'runs',
  access: 'read',
  input: z.strictObject({ run: runRef }),
  output: runDetailView,
  handle: async (services, { run }, call) =>
    viewRunDetail(await services.getRun(toRunId(run)), call.zone),
  text: (run, call) => tellRunDetail(run, call.now()),
});
