import { Refusal } from '../../domain/refusal.ts';
import { defineRoute } from '../api-route.ts';
import { timeIn } from '../times.ts';
import { NO_ANSWER, nothing } from '../route-inputs.ts';
import {
  givenGrants,
  rotationAnswer,
  secretAnswer,
  secretGrants,
  secretList,
  secretPageAnswer,
  secretPath,
  secretRotation,
  secretUses,
  secretValue,
  secretView,
  toGrants,
  viewSecret,
  viewSecretUses,
} from '../secret-view.ts';

export const SECRET_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/secrets',
    summary: 'Names of the secrets, what may use them and what did last.',
    scope: 'tasks:read',
    input: nothing,
    answer: secretList,
    handle: async (services, _input, { zone }) => {
      const secrets = await services.listSecrets();
      return { body: { secrets: secrets.map((secret) => viewSecret(secret, zone)) } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/secrets/uses',
    summary: 'Which tasks name which secrets, those among them that are not set.',
    scope: 'tasks:read',
    input: nothing,
    answer: secretUses,
    handle: async (services) => ({
      body: { uses: (await services.listSecretUses()).map(viewSecretUses) },
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/secrets/:name',
    summary: 'Refused to everybody: nobody can read a value back. The audit trail tells who tried.',
    scope: 'admin',
    input: secretPath,
    answer: NO_ANSWER,
    statuses: [204],
    handle: async (services, { name }) => ({ body: await services.readSecret(name) }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/secrets/:name',
    summary: 'Sets a secret and what may use it; its value cannot be read back.',
    scope: 'admin',
    input: secretValue,
    answer: secretAnswer,
    handle: async (services, { name, value, ...given }) => {
      const warnings = await services.setSecret(name, value, givenGrants(given));
      return { body: { name, warnings: [...warnings] } };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/secrets/:name/ask',
    summary: 'A link to a page on which a person gives the value of a secret, once.',
    scope: 'admin',
    input: secretPath,
    answer: secretPageAnswer,
    statuses: [201],
    handle: async (services, { name }, { zone }) => {
      const { url, expiresAt } = await services.askForSecret(name);
      return { body: { url, expires_at: timeIn(zone, expiresAt) } };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/secrets/:name/grant',
    summary: 'Lets more tasks, servers and hosts use a secret.',
    scope: 'admin',
    input: secretGrants,
    answer: secretView,
    handle: async (services, { name, ...given }, { zone }) => ({
      body: viewSecret(await services.grantSecret(name, toGrants(given)), zone),
    }),
  }),
  defineRoute({
    method: 'POST',
    path: '/secrets/:name/revoke',
    summary: 'Takes a secret from tasks, servers and hosts.',
    scope: 'admin',
    input: secretGrants,
    answer: secretView,
    handle: async (services, { name, ...given }, { zone }) => ({
      body: viewSecret(await services.revokeSecret(name, toGrants(given)), zone),
    }),
  }),
  defineRoute({
    method: 'POST',
    path: '/secrets/rotate',
    summary: 'Replaces the key that the secrets are sealed with, or the master key.',
    scope: 'admin',
    input: secretRotation,
    answer: rotationAnswer,
    handle: async (services, { key }) => ({ body: await services.rotateSecrets(key) }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/secrets/:name',
    summary: 'Removes a secret.',
    scope: 'admin',
    input: secretPath,
    answer: NO_ANSWER,
    statuses: [204],
    handle: async (services, input) => {
      if (await services.removeSecret(input.name)) return { body: undefined };
      throw new Refusal(
        'not_found',
        `There is no secret ${JSON.stringify(input.name.slice(0, 64))}.`,
        'GET /api/v1/secrets tells the names.',
      );
    },
  }),
] as const;
