import { describe, expect, it } from 'vitest';
import { CLIENTS_MAX } from '../../../src/ports/seen-clients.ts';
import { withStore } from './world.ts';
import type { OpenStore } from './world.ts';

export function describeClients(open: OpenStore): void {
  describe('the clients that were seen', () => {
    it('keeps each by name and way in, the latest first, with the tasks that it made', () =>
      withStore(open, async ({ store, clock, now, addTask }) => {
        const first = now();
        const origin = { principal: 'owner', client: 'editor 1.0', parentRunId: undefined };
        await addTask({ origin });
        await addTask({ origin: { ...origin, client: 'editorial 1.0' } });
        const client = { name: 'editor', version: '1.0', transport: 'pipe' } as const;
        await store.seenClients.note(client, first);
        clock.advance(1_000);
        await store.seenClients.note({ ...client, transport: 'http' }, now());
        clock.advance(1_000);
        await store.seenClients.note({ ...client, version: undefined }, now());
        const listed = await store.seenClients.list();
        expect(
          listed.map(({ firstAt, lastAt, ...rest }) => ({
            ...rest,
            at: [firstAt, lastAt].map((at) => at.since(first).total('seconds')),
          })),
        ).toEqual([
          { ...client, version: undefined, tasks: 1, at: [0, 2] },
          { ...client, transport: 'http', tasks: 1, at: [1, 1] },
        ]);
      }));

    it('forgets the one that was unheard of for longest', () =>
      withStore(open, async ({ store, clock, now }) => {
        for (let count = 0; count <= CLIENTS_MAX; count += 1) {
          const client = { name: `client ${count}`, version: '1', transport: 'http' } as const;
          await store.seenClients.note(client, now());
          clock.advance(1_000);
        }
        const names = (await store.seenClients.list()).map(({ name }) => name);
        expect(names).toHaveLength(CLIENTS_MAX);
        expect(names).not.toContain('client 0');
      }));
  });
}
