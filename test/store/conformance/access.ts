import { describe, expect, it } from 'vitest';
import type { AccessRecord, ApiKeyRow } from '../../../src/ports/access.ts';
import { withStore, type OpenStore } from './world.ts';

const BYTES = Uint8Array.from([1, 2, 255]);

function record(changes: Partial<AccessRecord> = {}): AccessRecord {
  return {
    kind: 'code',
    id: 'a',
    sealed: BYTES,
    group: undefined,
    alias: undefined,
    expiresAt: undefined,
    consumedAt: undefined,
    ...changes,
  };
}

/** Keys of programs, and what the doors remember about whom they let in. */
export function describeAccess(open: OpenStore): void {
  describe('who is let in', () => {
    it('keeps keys under unique names, until they are revoked', () =>
      withStore(open, async ({ store: { apiKeys }, now, clock }) => {
        const key: ApiKeyRow = {
          id: 'key_1',
          name: 'ci',
          digest: 'd1',
          scopes: ['tasks:read', 'tasks:run'],
          createdAt: now(),
          createdBy: 'owner',
          expiresAt: now().add({ seconds: 60 }),
          revokedAt: undefined,
          lastUsedAt: undefined,
        };
        expect(await apiKeys.insert(key)).toBe('inserted');
        expect(await apiKeys.insert({ ...key, id: 'key_2' })).toBe('name_taken');
        expect(await apiKeys.find('key_1')).toEqual(key);
        expect(await apiKeys.find('key_2')).toBeUndefined();
        expect(await apiKeys.findByName('ci')).toEqual(key);

        clock.advance(1_000);
        await apiKeys.noteUse('key_1', now());
        expect((await apiKeys.find('key_1'))?.lastUsedAt).toEqual(now());
        expect(await apiKeys.revoke('key_1', now())).toBe(true);
        expect(await apiKeys.revoke('key_1', now())).toBe(false);
        expect(await apiKeys.findByName('ci')).toBeUndefined();
        expect(await apiKeys.insert({ ...key, id: 'key_2', expiresAt: undefined })).toBe(
          'inserted',
        );
        expect((await apiKeys.list(10)).map(({ id }) => id)).toEqual(['key_2', 'key_1']);
        expect((await apiKeys.list(1)).map(({ id }) => id)).toEqual(['key_2']);
      }));

    it('finds records by id within their kind, and by another name', () =>
      withStore(open, async ({ store: { accessRecords }, now }) => {
        const kept = record({ alias: 'other', group: 'g', expiresAt: now() });
        await accessRecords.put(kept);
        expect(await accessRecords.find('code', 'a')).toEqual(kept);
        expect(await accessRecords.find('token', 'a')).toBeUndefined();
        expect(await accessRecords.findByAlias('code', 'other')).toEqual(kept);
        expect(await accessRecords.findByAlias('token', 'other')).toBeUndefined();

        const changed = record({ sealed: Uint8Array.from([9]), consumedAt: now() });
        await accessRecords.put(changed);
        expect(await accessRecords.find('code', 'a')).toEqual(changed);
        expect(await accessRecords.insert(record())).toBe(false);
        expect(await accessRecords.insert(record({ kind: 'token' }))).toBe(true);
        expect(await accessRecords.find('code', 'a')).toEqual(changed);
        expect(await accessRecords.count('code')).toBe(1);
      }));

    it('lets a record be consumed once, by whoever was first', () =>
      withStore(open, async ({ store: { accessRecords }, now }) => {
        await accessRecords.put(record());
        const tries = await Promise.all(
          Array.from({ length: 8 }, () => accessRecords.consume('code', 'a', now())),
        );
        expect(tries.filter(Boolean)).toHaveLength(1);
        expect((await accessRecords.find('code', 'a'))?.consumedAt).toEqual(now());
        expect(await accessRecords.consume('code', 'b', now())).toBe(false);
      }));

    it('removes records by id, by group and by kind', () =>
      withStore(open, async ({ store: { accessRecords } }) => {
        for (const id of ['a', 'b', 'c', 'd']) {
          await accessRecords.put(record({ id, group: id < 'c' ? 'first' : 'second' }));
        }
        await accessRecords.put(record({ kind: 'token', group: 'first' }));
        expect(await accessRecords.remove('code', 'd')).toBe(true);
        expect(await accessRecords.remove('code', 'd')).toBe(false);
        await accessRecords.removeGroup('code', 'first');
        expect(await accessRecords.count('code')).toBe(1);
        await accessRecords.removeKind('code');
        expect(await accessRecords.count('code')).toBe(0);
        expect(await accessRecords.count('token')).toBe(1);
      }));

    it('lists records of a kind, those that live longest first', () =>
      withStore(open, async ({ store: { accessRecords }, now }) => {
        const end = (seconds: number) => ({ expiresAt: now().add({ seconds }) });
        await accessRecords.put(record({ id: 'a', ...end(1) }));
        await accessRecords.put(record({ id: 'b', ...end(3) }));
        await accessRecords.put(record({ id: 'c', ...end(2) }));
        await accessRecords.put(record({ id: 'd' }));
        await accessRecords.put(record({ kind: 'token', id: 'e', ...end(9) }));
        const ids = async (limit: number) =>
          (await accessRecords.list('code', limit)).map(({ id }) => id);
        expect(await ids(9)).toEqual(['b', 'c', 'a', 'd']);
        expect(await ids(2)).toEqual(['b', 'c']);
      }));

    it('prunes what has expired and nothing else', () =>
      withStore(open, async ({ store, now, clock }) => {
        const { accessRecords } = store;
        await accessRecords.put(record({ id: 'a', expiresAt: now().add({ seconds: 1 }) }));
        await accessRecords.put(record({ id: 'b', expiresAt: now().add({ seconds: 9 }) }));
        await accessRecords.put(record({ id: 'c' }));
        clock.advance(1_000);
        await store.prune(now(), 100);
        expect(await accessRecords.find('code', 'a')).toBeUndefined();
        expect(await accessRecords.count('code')).toBe(2);
      }));
  });
}
