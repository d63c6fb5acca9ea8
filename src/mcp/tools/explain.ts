import { z } from 'zod';
import { Refusal } from '../../domain/refusal.ts';
import { given } from '../../api/given.ts';
import { explanationView, tellExplanation, viewExplanation } from '../../api/explanation-view.ts';
import { toRunId } from '../../api/run-ref.ts';
import { defineTool } from '../../api/tool.ts';
import { READS } from '../hints.ts';

export const explain = defineTool({
  name: 'explain',
  title: 'Explain what happened or did not',
  description:
    'Answers why a task did or did not run at some time, or why a run ended as it did, from the ledger that accounts for every due occurrence. Give a task, with the time in question if there is one, or a run.',
  annotations: READS,
  toolset: 'overview',
  access: 'read',
  input: z.strictObject({
    task: z.string().optional().describe('id or name; this or run'),
    at: z.string().optional().describe('ISO 8601, or local to the task: "07:00"'),
    run: z.string().optional().describe('id'),
  }),
  output: explanationView,
  handle: async (services, { task, at, run }, call) => {
    if ((task === undefined) === (run === undefined)) {
      throw new Refusal('invalid', 'Give either "task" or "run", and not both.');
    }
    const query = task === undefined ? { run: toRunId(run ?? '') } : { task, ...given({ at }) };
    return viewExplanation(await services.explain(query), call.zone);
  },
  text: (explanation) => tellExplanation(explanation),
});
