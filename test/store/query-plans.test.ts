import { DatabaseSync } from 'node:sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunFilter, Store } from '../../src/ports/store.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import { recordingAnnouncer } from '../support/announcer.ts';
import { seededIds } from '../support/ids.ts';
import { quietLog } from '../support/quiet-log.ts';
import { setClock } from '../support/set-clock.ts';
import { ANY_RUN } from './conformance/world.ts';
import { manualRun, minuteTask } from './fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'query-plans-'));
const file = join(folder, 'carillon.db');
const clock = setClock();
const ids = seededIds(1, clock);
const texts: string[] = [];
let store: Store;
let database: DatabaseSync;

beforeAll(async () => {
  store = await openSqliteStore({
    file,
    clock,
    announcer: recordingAnnouncer(),
    log: quietLog(),
    beforeStatement: (sql) => texts.push(sql),
  });
  const task = minuteTask(ids, clock.now());
  await store.insertTask(task, undefined);
  await store.insertRun(manualRun(ids, task, clock.now()), clock.now(), undefined);
  database = new DatabaseSync(file, { readOnly: true });
});

afterAll(async () => {
  database.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

/** How SQLite comes to what was asked for, step by step. */
async function plansOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  texts.length = 0;
  await work();
  return texts
    .filter((text) => text.startsWith('select'))
    .flatMap((text) => database.prepare(`explain query plan ${text}`).all())
    .map((step) => String(step['detail']));
}

const LOOKED_UP = /^SEARCH run USING (COVERING )?INDEX run_by_task \(task_id=\?/;

describe('plans of queries', () => {
  it.each<[Partial<RunFilter>, RegExp]>([
    [{ states: ['running', 'held'] }, /^SCAN run USING INDEX run_unfinished$/],
    [{ states: ['failed'] }, /^SCAN run USING INDEX run_failed$/],
    [{ outcome: 'lost' }, /^SCAN run USING INDEX run_failed$/],
    [{ states: ['cancelled'] }, /^SCAN run USING INDEX run_cancelled$/],
    [{ outcome: 'cancelled' }, /^SCAN run USING INDEX run_cancelled$/],
    [{ trigger: 'webhook' }, /^SEARCH run USING INDEX run_by_trigger \(trigger=\?\)$/],
    [{ namespace: 'cronlytic' }, /^SEARCH run USING INDEX run_by_namespace \(namespace=\?\)$/],
    [{ tag: 'nightly' }, LOOKED_UP],
    [{ kind: 'command' }, LOOKED_UP],
    [{ kind: 'command', states: ['succeeded'] }, LOOKED_UP],
    [{ text: 'every' }, LOOKED_UP],
  ])('finds rare runs of %j without reading the others', async (filter, expected) => {
    const plans = await plansOf(() => store.listRuns({ ...ANY_RUN, ...filter }, 50, undefined));
    const ofRuns = plans.filter((step) => / run( |$)/.test(step));
    expect(ofRuns.length).toBeGreaterThan(0);
    for (const step of ofRuns) expect(step).toMatch(expected);
  });

  it('adds up what was spent from an index alone', async () => {
    const all = { namespace: 'all', scope: { kind: 'all' } } as const;
    const stretch = { ...all, since: clock.now().subtract({ hours: 24 }), until: clock.now() };
    for (const by of ['engine', 'quarter', 'task'] as const) {
      const [step] = await plansOf(() => store.spend.listTotals({ ...stretch, by }, 50));
      expect(step).toMatch(/^SEARCH spend USING COVERING INDEX spend_by_time/);
    }
  });
});
