import { defineRoute } from '../api-route.ts';
import { given } from '../given.ts';
import { channelTestInput, inboxQuery, settleInput, toSettlement } from '../inbox-input.ts';
import {
  alertRulesView,
  channelList,
  deliveryList,
  inboxItemView,
  inboxPage,
  viewAlertRules,
  viewInboxItem,
} from '../inbox-view.ts';
import { nothing } from '../route-inputs.ts';

/** The inbox, and the channels that tell what is in it. */
export const INBOX_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/inbox',
    summary: 'What a person should know of, newest first, by page.',
    scope: 'tasks:read',
    input: inboxQuery,
    answer: inboxPage,
    handle: async (services, query, { zone }) => {
      const page = await services.listInbox(given(query));
      return {
        body: {
          items: page.items.map((item) => viewInboxItem(item, zone)),
          next_cursor: page.cursor ?? null,
        },
      };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/inbox/:item/settle',
    summary: 'Settles an item: done, snoozed until a time, or unread again.',
    scope: 'tasks:run',
    input: settleInput,
    answer: inboxItemView,
    handle: async (services, { item, as, until }, { zone, now }) => ({
      body: viewInboxItem(
        await services.settleInboxItem(item, toSettlement(as, until, zone, now())),
        zone,
      ),
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/channels',
    summary: 'The ways to a person, in the order in which they are tried.',
    scope: 'tasks:read',
    input: nothing,
    answer: channelList,
    handle: async (services) => ({ body: { channels: [...(await services.listChannels())] } }),
  }),
  defineRoute({
    method: 'GET',
    path: '/channels/rules',
    summary: 'What is told through the channels: by default, and by tasks that say it themselves.',
    scope: 'tasks:read',
    input: nothing,
    answer: alertRulesView,
    handle: async (services) => ({ body: viewAlertRules(await services.listAlertRules()) }),
  }),
  defineRoute({
    method: 'POST',
    path: '/channels/test',
    summary: 'Sends a notice through one channel, or through each.',
    scope: 'tasks:run',
    input: channelTestInput,
    answer: deliveryList,
    handle: async (services, { channel }, { signal }) => {
      const deliveries = await services.sendTestNotice(channel, signal);
      return {
        body: {
          deliveries: deliveries.map((one) => ({
            channel: one.channel,
            is_delivered: one.isDelivered,
            note: one.note,
          })),
        },
      };
    },
  }),
] as const;
