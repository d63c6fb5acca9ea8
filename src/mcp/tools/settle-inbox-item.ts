import { z } from 'zod';
import { SETTLEMENTS, toSettlement } from '../../api/inbox-input.ts';
import { inboxItemView, tellInboxItem, viewInboxItem } from '../../api/inbox-view.ts';
import { defineTool } from '../../api/tool.ts';
import { SETS } from '../hints.ts';

export const settleInboxItem = defineTool({
  name: 'settle_inbox_item',
  title: 'Settle an inbox item',
  description:
    'Settles an item of the inbox, which what_happened lists: a reminder, failure or finding is done, or snoozed and told again later.',
  annotations: SETS,
  toolset: 'overview',
  access: 'write',
  scope: 'tasks:run',
  input: z.strictObject({
    item: z.int().min(1).describe('its number'),
    as: z.enum(SETTLEMENTS).describe('how'),
    until: z.string().optional().describe('to snooze: 2h, or ISO 8601'),
  }),
  output: inboxItemView,
  handle: async (services, { item, as, until }, call) =>
    viewInboxItem(
      await services.settleInboxItem(item, toSettlement(as, until, call.zone, call.now())),
      call.zone,
    ),
  text: (item, call) => tellInboxItem(item, call.now()),
});
