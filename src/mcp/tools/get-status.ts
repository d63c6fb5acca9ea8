import { z } from 'zod';
import { statusView, tellStatus, viewStatus } from '../../api/status-view.ts';
import { defineTool } from '../../api/tool.ts';
import { READS } from '../hints.ts';

export const getStatus = defineTool({
  name: 'get_status',
  title: 'How the scheduler is doing',
  description:
    'Tells whether the scheduler is well: version, time and zone, alarms, how many tasks and unfinished runs there are, and what is next.',
  annotations: READS,
  toolset: 'overview',
  access: 'read',
  input: z.strictObject({}),
  output: statusView,
  handle: async (services, _input, call) => viewStatus(await services.getStatus(), call.zone),
  text: (status, call) => tellStatus(status, call.now()),
});
