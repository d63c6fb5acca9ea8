import { z } from 'zod';
import { defineTool } from '../../api/tool.ts';
import { tellUsage, toUsageQuery, usageShape, usageView, viewUsage } from '../../api/usage-view.ts';
import { READS } from '../hints.ts';

export const usage = defineTool({
  name: 'usage',
  title: 'What agents and models have used',
  description:
    'Adds up the tokens and the cost in US dollars of agent and model runs, by task, tag, engine or day, and says what the month comes to at this pace and which engines are held by a usage limit.',
  annotations: READS,
  toolset: 'overview',
  access: 'read',
  input: z.strictObject(usageShape),
  output: usageView,
  handle: async (services, input, call) =>
    viewUsage(await services.usage(toUsageQuery(input, call.zone, call.now())), call.zone),
  text: tellUsage,
});
