import {
  addressAnswerView,
  testAddressInput,
  toAddressRequest,
  viewAddressAnswer,
} from '../address-input.ts';
import { defineRoute } from '../api-route.ts';
import { given } from '../given.ts';
import { NO_ANSWER } from '../route-inputs.ts';
import {
  createWebhookInput,
  deliveriesQuery,
  deliveryPath,
  editWebhookInput,
  rotateInput,
  testWebhookInput,
  toPayload,
  toRotation,
  toWebhookDraft,
  toWebhookEdit,
  webhookPath,
  webhooksQuery,
} from '../webhook-input.ts';
import {
  hookAnswerView,
  hookDeliveryPage,
  viewHookAnswer,
  viewHookDelivery,
  viewWebhook,
  webhookPage,
  webhookSecretView,
  webhookView,
} from '../webhook-view.ts';

/** Addresses on which others start runs, and a look at those that tasks call. */
export const WEBHOOK_ROUTES = [
  defineRoute({
    method: 'POST',
    path: '/addresses/test',
    summary: 'Requests an address once, as a task would, and tells what came back.',
    scope: 'tasks:write',
    input: testAddressInput,
    answer: addressAnswerView,
    handle: async (services, input, { signal }) => ({
      body: viewAddressAnswer(await services.testAddress(toAddressRequest(input), signal)),
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/webhooks',
    summary: 'Webhooks, newest first, by page.',
    scope: 'tasks:read',
    input: webhooksQuery,
    answer: webhookPage,
    handle: async (services, query, { zone }) => {
      const page = await services.listWebhooks(given(query));
      return {
        body: {
          webhooks: page.items.map((item) => viewWebhook(item, zone)),
          next_cursor: page.cursor ?? null,
        },
      };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/webhooks',
    summary: 'Makes a webhook; its secret is told here and never again.',
    scope: 'tasks:write',
    input: createWebhookInput,
    answer: webhookSecretView,
    statuses: [201],
    handle: async (services, input, { zone }) => {
      const made = await services.createWebhook(toWebhookDraft(input));
      return { body: { ...viewWebhook(made, zone), secret: made.secret ?? null } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/webhooks/:webhook',
    summary: 'A webhook and what it starts.',
    scope: 'tasks:read',
    input: webhookPath,
    answer: webhookView,
    handle: async (services, { webhook }, { zone }) => ({
      body: viewWebhook(await services.getWebhook(webhook), zone),
    }),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/webhooks/:webhook',
    summary: 'Changes the named parts of a webhook; `is_enabled` switches it on and off.',
    scope: 'tasks:write',
    input: editWebhookInput,
    answer: webhookView,
    handle: async (services, { webhook, ...edit }, { zone }) => ({
      body: viewWebhook(await services.editWebhook(webhook, toWebhookEdit(edit)), zone),
    }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/webhooks/:webhook',
    summary: 'Forgets a webhook, its deliveries and the action kept with it.',
    scope: 'tasks:write',
    input: webhookPath,
    answer: NO_ANSWER,
    statuses: [204],
    handle: async (services, { webhook }) => {
      await services.removeWebhook(webhook);
      return { body: undefined };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/webhooks/:webhook/rotate',
    summary: 'Draws a new secret; the former one works until `overlap` is over.',
    scope: 'tasks:write',
    input: rotateInput,
    answer: webhookSecretView,
    handle: async (services, input, { zone }) => {
      const rotated = await services.rotateWebhook(input.webhook, toRotation(input));
      return { body: { ...viewWebhook(rotated, zone), secret: rotated.secret ?? null } };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/webhooks/:webhook/test',
    summary: 'Sends the webhook a signed request with this payload; it starts a run.',
    scope: 'tasks:run',
    input: testWebhookInput,
    answer: hookAnswerView,
    statuses: [202],
    handle: async (services, { webhook, payload }) => {
      const request = { webhook, ...given({ payload: toPayload(payload) }) };
      return { body: viewHookAnswer(await services.testWebhook(request)) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/webhooks/:webhook/deliveries',
    summary: 'What was delivered, newest first, by page.',
    scope: 'tasks:read',
    input: deliveriesQuery,
    answer: hookDeliveryPage,
    handle: async (services, query, { zone }) => {
      const { webhook, ...rest } = query;
      const page = await services.listDeliveries({ webhook, ...given(rest) });
      return {
        body: {
          deliveries: page.items.map((item) => viewHookDelivery(item, zone)),
          timezone: zone,
          next_cursor: page.cursor ?? null,
        },
      };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/deliveries/:delivery/replay',
    summary: 'Starts a run with what was delivered earlier.',
    scope: 'tasks:run',
    input: deliveryPath,
    answer: hookAnswerView,
    statuses: [202],
    handle: async (services, { delivery }) => ({
      body: viewHookAnswer(await services.replayDelivery(delivery)),
    }),
  }),
] as const;
