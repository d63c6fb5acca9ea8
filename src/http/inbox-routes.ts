import { type ApiRoute, defineRoute } from '../api/api-route.ts';
import { given } from '../api/given.ts';
import { channelTestInput, inboxQuery, settleInput, toSettlement } from '../api/inbox-input.ts';
import { viewInboxItem } from '../api/inbox-view.ts';
import { nothing } from '../api/route-inputs.ts';

/** The inbox, and the channels that tell what is in it. */
export const INBOX_ROUTES: readonly ApiRoute[] = [
  defineRoute(
    'GET',
    '/inbox',
    'What a person should know of, newest first, by page.',
    inboxQuery,
    async (services, query, { zone }) => {
      const page = await services.listInbox(given(query));
      return {
        body: {
          items: page.items.map((item) => viewInboxItem(item, zone)),
          next_cursor: page.cursor ?? null,
        },
      };
    },
  ),
  defineRoute(
    'POST',
    '/inbox/:item/settle',
    'Settles an item: done, snoozed until a time, or unread again.',
    settleInput,
    async (services, { item, as, until }, { zone, now }) => ({
      body: viewInboxItem(
        await services.settleInboxItem(item, toSettlement(as, until, zone, now())),
        zone,
      ),
    }),
  ),
  defineRoute(
    'GET',
    '/channels',
    'The ways to a person, in the order in which they are tried.',
    nothing,
    async (services) => ({ body: { channels: await services.listChannels() } }),
  ),
  defineRoute(
    'POST',
    '/channels/test',
    'Sends a notice through one channel, or through each.',
    channelTestInput,
    async (services, { channel }, { signal }) => {
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
  ),
];
