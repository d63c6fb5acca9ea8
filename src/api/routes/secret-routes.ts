import { Refusal } from '../../domain/refusal.ts';
import { defineRoute } from '../api-route.ts';
import { NO_ANSWER, nothing, secretList, secretPath, secretValue } from '../route-inputs.ts';
import { timeIn } from '../times.ts';

export const SECRET_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/secrets',
    summary: 'Names of the secrets.',
    scope: 'tasks:read',
    input: nothing,
    answer: secretList,
    handle: async (services, _input, { zone }) => {
      const secrets = await services.listSecrets();
      return {
        body: {
          secrets: secrets.map(({ name, createdAt, updatedAt }) => ({
            name,
            created_at: timeIn(zone, createdAt),
            updated_at: timeIn(zone, updatedAt),
          })),
        },
      };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/secrets/:name',
    summary: 'Sets a secret; its value cannot be read back.',
    scope: 'admin',
    input: secretValue,
    answer: NO_ANSWER,
    statuses: [204],
    handle: async (services, input) => {
      await services.setSecret(input.name, input.value);
      return { body: undefined };
    },
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
