import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { describe, expect, it } from 'vitest';
import { createStore } from '../../src/store/create-store.ts';
import type { Tables } from '../../src/store/schema.ts';
import { nodeSqliteDialect } from '../../src/store/sqlite/node-sqlite-dialect.ts';
import { openDatabase } from '../../src/store/sqlite/open-database.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import { recordingAnnouncer } from '../support/announcer.ts';
import { quietLog } from '../support/quiet-log.ts';
import { setClock } from '../support/set-clock.ts';
import { brokenRules } from './invariants.ts';
import { liveScriptedDay } from './scripted-day.ts';

/** Lives the day in memory; from the k-th statement on, some fail as when the disk reports errors. */
async function failAt(
  k: number,
  failures: number,
): Promise<{ statements: number; broken: readonly string[] }> {
  const database = await openDatabase(':memory:');
  let statements = 0;
  let isOver = false;
  const dialect = nodeSqliteDialect(database, () => {
    if (isOver) return;
    statements += 1;
    if (statements >= k && statements < k + failures)
      throw Object.assign(new Error('disk I/O error'), { errcode: 10 });
  });
  const clock = setClock();
  const announcer = recordingAnnouncer();
  const db = new Kysely<Tables>({ dialect });
  const store = createStore(
    { db, clock, announcer, log: quietLog(), insertTexts: new Map() },
    { now: async () => clock.now(), close: async () => database.close() },
  );
  await liveScriptedDay(store, clock);
  isOver = true;
  const stored = await store.listChanges(0, 10_000);
  const broken = [...brokenRules(database)];
  const told = new Set(announcer.announced.map((change) => change.id));
  if (stored.length !== told.size)
    broken.push('changes are announced exactly when they are stored');
  await store.close();
  return { statements, broken };
}

describe('faults', () => {
  it('keeps every rule when any one statement of a day fails', async () => {
    const whole = await failAt(0, 0);
    expect(whole.broken).toEqual([]);
    expect(whole.statements).toBeGreaterThan(200);
    for (let k = 1; k <= whole.statements; k += 1) {
      expect({ k, broken: (await failAt(k, 1)).broken }).toEqual({ k, broken: [] });
    }
  }, 240_000);

  it('keeps every rule when rolling back fails as well', async () => {
    for (let k = 5; k <= 250; k += 7) {
      expect({ k, broken: (await failAt(k, 2)).broken }).toEqual({ k, broken: [] });
    }
  });

  it('keeps every rule, and all that was acknowledged, when it is killed before any statement', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'store-fault-'));
    try {
      const images = await imagesOfDay(join(folder, 'day.db'));
      expect(images.length).toBeGreaterThan(30);
      for (const [index, image] of images.entries()) {
        const file = join(folder, `image-${index}.db`);
        writeFileSync(file, image.main);
        writeFileSync(`${file}-wal`, image.log);
        const ports = { clock: setClock(), announcer: recordingAnnouncer(), log: quietLog() };
        const store = await openSqliteStore({ ...ports, file });
        for (const id of image.acknowledged) {
          const definition = await store.getDefinition(id, 1);
          expect({ index, id, isThere: definition !== undefined }).toMatchObject({ isThere: true });
        }
        await store.close();
        const database = new DatabaseSync(file, { readOnly: true });
        expect({ index, broken: brokenRules(database) }).toEqual({ index, broken: [] });
        database.close();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

type Image = {
  readonly main: Buffer;
  readonly log: Buffer;
  readonly acknowledged: readonly `task_${string}`[];
};

/** What the disk holds before each statement of the day, where it differs from the one before. */
async function imagesOfDay(file: string): Promise<readonly Image[]> {
  const images: Image[] = [];
  const acknowledged: `task_${string}`[] = [];
  const clock = setClock();
  const store = await openSqliteStore({
    file,
    clock,
    announcer: recordingAnnouncer(),
    log: quietLog(),
    beforeStatement: () => {
      const log = readFileSync(`${file}-wal`);
      const isSame = images.at(-1)?.log.length === log.length;
      const isTold = images.at(-1)?.acknowledged.length === acknowledged.length;
      if (isSame && isTold) return;
      images.push({ main: readFileSync(file), log, acknowledged: [...acknowledged] });
    },
  });
  await liveScriptedDay(store, clock, (id) => acknowledged.push(id));
  await store.close();
  return images;
}
