import { z } from 'zod';
import { describedElsewhere } from '../../api/json-schema.ts';
import { runRef, toRunId } from '../../api/run-ref.ts';
import { runBriefView, tellRunBriefly, viewRunBriefly } from '../../api/run-view.ts';
import { defineTool } from '../../api/tool.ts';
import { REPLY_CHARS_MAX } from '../../domain/success/question.ts';
import { STARTS } from '../hints.ts';

export const answerRun = defineTool({
  name: 'answer_run',
  title: 'Answer a run',
  description:
    'Gives the answer of the person to a waiting run, which then goes on. About a budget: yes, no or an amount.',
  annotations: STARTS,
  toolset: 'runs',
  access: 'write',
  scope: 'tasks:run',
  input: z.strictObject({ run: runRef, text: z.string().min(1).max(REPLY_CHARS_MAX) }),
  output: describedElsewhere(runBriefView),
  handle: async (services, { run, text }, call) =>
    viewRunBriefly(await services.answerRun(toRunId(run), text), call.zone),
  text: (run, call) => `Answered. ${tellRunBriefly(run, call.now())}`,
});
