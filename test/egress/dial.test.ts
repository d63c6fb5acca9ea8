import { expect, it } from 'vitest';
import { createDial } from '../../src/egress/dial.ts';
import { EgressError } from '../../src/egress/egress-failure.ts';
import { parseAllowList } from '../../src/egress/egress-policy.ts';

it('gives up on a name that is not resolved within the time for connecting', async () => {
  const policy = {
    profile: 'laptop',
    allow: parseAllowList([]),
    ownEndpoints: () => [],
    localAddresses: () => [],
  } as const;
  const dial = createDial(policy, () => new Promise(() => {}), 20);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const options = { protocol: 'http:', hostname: 'slow.example', host: 'slow.example', port: '' };
  dial(options, (...result) => resolve(result[0]));
  const error = await promise;
  expect(error).toBeInstanceOf(EgressError);
  expect(error).toMatchObject({ reason: 'unreachable', detail: 'CONNECT_TIMEOUT' });
});
