import { z } from 'zod';
import { given } from '../../api/given.ts';
import { inputSchemaOf, withoutRepeating } from '../../api/json-schema.ts';
import { receiptView, tellReceipt, tellWarnings, viewReceipt } from '../../api/receipt-view.ts';
import { createTaskInput } from '../../api/task-input.ts';
import { defineTool } from '../../api/tool.ts';
import { toWhenInput, toWhenOptions, whenInput, whenOptionsShape } from '../../api/when-input.ts';
import { READS } from '../hints.ts';

const OCCURRENCES_MAX = 20;

const previewScheduleInput = z.strictObject({
  when: whenInput,
  timezone: z.string().optional().describe('IANA name; default: the zone of the daemon'),
  ...whenOptionsShape,
  count: z.int().min(1).max(OCCURRENCES_MAX).optional().describe('next times to tell'),
});

export const previewSchedule = defineTool({
  name: 'preview_schedule',
  title: 'Preview a schedule',
  description:
    'Reads a schedule as create_task would and tells its meaning, zone, next times and warnings, such as an hour that does not exist on one day. Keeps nothing.',
  annotations: READS,
  toolset: 'tasks',
  access: 'read',
  input: previewScheduleInput,
  inputJson: withoutRepeating(inputSchemaOf(previewScheduleInput), inputSchemaOf(createTaskInput)),
  output: receiptView,
  handle: async (services, input) => {
    const receipt = await services.previewSchedule({
      when: toWhenInput(input.when),
      ...given({ whenOptions: toWhenOptions(input), zone: input.timezone, count: input.count }),
    });
    return viewReceipt(receipt);
  },
  text: (receipt, call) =>
    [tellReceipt(receipt, call.now()), tellWarnings(receipt.warnings)]
      .filter((part) => part !== '')
      .join('\n'),
});
