import type { Standstill, StandstillSwitch } from '../ports/standstill.ts';
import type { StoreContext } from './context.ts';
import { instantOf, msOf } from './instants.ts';
import type { Db } from './schema.ts';
import { write } from './write.ts';

const STANDSTILL_KEY = 'standstill';

export function createStandstill(context: StoreContext): StandstillSwitch {
  return {
    get: () => findStandstill(context.db),
    begin: ({ at, by, reason }) =>
      write(context, async (unit) => {
        const value = JSON.stringify({ at: msOf(at), by, reason: reason ?? null });
        const begun = await unit.db
          .insertInto('store_state')
          .values({ key: STANDSTILL_KEY, value })
          .onConflict((conflict) => conflict.column('key').doNothing())
          .returning('key')
          .executeTakeFirst();
        if (begun !== undefined) unit.changes.push({ at, kind: 'daemon.stopped' });
      }),
    end: (at) =>
      write(context, async (unit) => {
        const ended = await unit.db
          .deleteFrom('store_state')
          .where('key', '=', STANDSTILL_KEY)
          .returning('key')
          .executeTakeFirst();
        if (ended === undefined) return false;
        unit.changes.push({ at, kind: 'daemon.resumed' });
        return true;
      }),
  };
}

export async function findStandstill(db: Db): Promise<Standstill | undefined> {
  const query = db.selectFrom('store_state').select('value').where('key', '=', STANDSTILL_KEY);
  const row = await query.executeTakeFirst();
  if (row === undefined) return undefined;
  const { at, by, reason } = JSON.parse(row.value) as {
    readonly at: number;
    readonly by: string;
    readonly reason: string | null;
  };
  return { at: instantOf(at), by, reason: reason ?? undefined };
}
