import { parseDurationMs } from '../../domain/schedule/duration.ts';
import { defineRoute } from '../api-route.ts';
import { given } from '../given.ts';
import {
  issuedKeyView,
  keyInput,
  keyList,
  keyPath,
  keyView,
  signInLinkView,
  viewKey,
} from '../key-view.ts';
import { nothing } from '../route-inputs.ts';

/** The keys of programs. */
export const KEY_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/keys',
    summary: 'The keys of programs, newest first; their texts are kept nowhere.',
    scope: 'admin',
    input: nothing,
    answer: keyList,
    handle: async (services, _input, { zone }) => ({
      body: { keys: (await services.listKeys()).map((key) => viewKey(key, zone)) },
    }),
  }),
  defineRoute({
    method: 'POST',
    path: '/keys',
    summary: 'Makes a key; its text is in this answer and never told again.',
    scope: 'admin',
    input: keyInput,
    answer: issuedKeyView,
    statuses: [201],
    handle: async (services, { name, scopes, lifetime }, { zone }) => {
      const lifetimeMs = lifetime === undefined ? undefined : parseDurationMs(lifetime);
      const issued = await services.addKey({ name, scopes, ...given({ lifetimeMs }) });
      return { body: { ...viewKey(issued.key, zone), text: issued.text } };
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/keys/:key',
    summary: 'Revokes a key, by id or name, with every token that was got for it.',
    scope: 'admin',
    input: keyPath,
    answer: keyView,
    handle: async (services, { key }, { zone }) => ({
      body: viewKey(await services.revokeKey(key), zone),
    }),
  }),
  defineRoute({
    method: 'POST',
    path: '/sign-in-links',
    summary:
      'Makes a link that signs a browser in: once, within five minutes. For the owner alone.',
    scope: 'admin',
    input: nothing,
    answer: signInLinkView,
    statuses: [201],
    handle: async (services) => ({ body: { url: await services.makeSignInLink() } }),
  }),
] as const;
