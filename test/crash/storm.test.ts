import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { removeFolder } from '../support/real-daemon.ts';
import { accountOf } from './account-of.ts';
import { storm } from './storm.ts';

/** Kills of a normal run; `npm run test:crash` makes more. */
const KILLS = Number(process.env['CRASH_KILLS'] ?? 25);

describe('a daemon that is killed again and again', () => {
  it(
    `misses no occurrence, runs none twice and forgets nothing it acknowledged, in ${KILLS} kills`,
    async () => {
      const report = await storm({ kills: KILLS, seed: 4_711 });
      expect(report.wrong).toEqual([]);
      expect(report.acknowledged).toBe(Math.floor(KILLS / 2));
      expect(report.slots).toBeGreaterThan(KILLS);
      expect(report.effects).toBeGreaterThan(0);
    },
    60_000 + KILLS * 5_000,
  );

  it.each([
    ['a missing occurrence', 'delete from ledger where from_at = 3000', 'is missing'],
    [
      'an occurrence that is covered twice',
      "insert into ledger values ('t', 3500, 3500, 1, 'skipped', null)",
      'is covered twice',
    ],
    ['a wrong count', 'update ledger set count = 7 where from_at = 2000', 'counts 7'],
    ['a run that never ended', "update run set state = 'running'", 'is still running'],
    [
      'a success without an effect',
      "update run set id = 'run_other'",
      'succeeded without an effect',
    ],
  ])('would be noticed with %s', (_name, damage, message) => {
    const folder = mkdtempSync(join(tmpdir(), 'carillon-account-'));
    try {
      const file = join(folder, 'a.db');
      const database = new DatabaseSync(file);
      database.exec(`
        create table task (id, name, created_at);
        create table due (task_id, covered_until);
        create table ledger (task_id, from_at, to_at, count, kind, run_id);
        create table run (id, state, outcome, scheduled_for, attempt, task_name);
        insert into task values ('t', 'a task', 1500);
        insert into due values ('t', 4000);
        insert into ledger values ('t', 2000, 2000, 1, 'run', 'run_1'), ('t', 3000, 3000, 1, 'skipped', null), ('t', 4000, 4000, 1, 'skipped', null);
        insert into run values ('run_1', 'succeeded', 'succeeded', 2000, 1, 'a task');
      `);
      const effects = join(folder, 'effects');
      writeFileSync(effects, 'run_1 1970-01-01T00:00:02Z 1\n');
      expect(accountOf(file, effects, 1_000)).toMatchObject({ slots: 3, wrong: [] });
      database.exec(damage);
      database.close();
      expect(accountOf(file, effects, 1_000).wrong.join('\n')).toContain(message);
    } finally {
      removeFolder(folder);
    }
  });
});
