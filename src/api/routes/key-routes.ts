import { z } from 'zod';
import { parseDurationMs } from '../../domain/schedule/duration.ts';
import { defineRoute } from '../api-route.ts';
import { given } from '../given.ts';
import {
  connectionList,
  connectionPath,
  connectionView,
  issuedKeyView,
  keyInput,
  keyList,
  keyPath,
  keyView,
  sessionsView,
  signInLinkView,
  viewConnection,
  viewKey,
} from '../key-view.ts';
import { nothing } from '../route-inputs.ts';

/** Who is let in: programs with keys, programs that a person admitted, and people with browsers. */
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
    method: 'GET',
    path: '/connections',
    summary: 'The programs that a person has let in by OAuth, with their scopes, newest first.',
    scope: 'admin',
    input: nothing,
    answer: connectionList,
    handle: async (services, _input, { zone }) => ({
      body: {
        connections: (await services.listConnections()).map((one) => viewConnection(one, zone)),
      },
    }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/connections/:connection',
    summary: 'Takes back what a program was granted, with every token that it got.',
    scope: 'admin',
    input: connectionPath,
    answer: connectionView,
    handle: async (services, { connection }, { zone }) => ({
      body: viewConnection(await services.revokeConnection(connection), zone),
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/sessions',
    summary: 'In how many browsers a person is signed in, and whether there is a password.',
    scope: 'admin',
    input: nothing,
    answer: sessionsView,
    handle: async (services) => {
      const { sessions, hasPassword, wantsSignIn } = await services.readSessions();
      return {
        body: { sessions, has_password: hasPassword, wants_sign_in: wantsSignIn },
      };
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/sessions',
    summary: 'Signs every browser out; links that were not used end too.',
    scope: 'admin',
    input: nothing,
    answer: z.object({ ended: z.number() }),
    handle: async (services) => ({ body: { ended: await services.signOutEverybody() } }),
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
