import type { Change } from '../domain/change.ts';
import { insertChanges } from './changes.ts';
import type { StoreContext } from './context.ts';
import type { Unit } from './unit.ts';

/** Does `work` in one transaction together with the changes it noted, and announces them when it is committed. */
export async function write<Result>(
  context: StoreContext,
  work: (unit: Unit) => Promise<Result>,
): Promise<Result> {
  const { result, changes } = await context.db.transaction().execute(async (db) => {
    const unit: Unit = { db, insertTexts: context.insertTexts, changes: [] };
    const result = await work(unit);
    const changes: readonly Change[] = await insertChanges(unit);
    return { result, changes };
  });
  if (changes.length > 0) context.announcer.announce(changes);
  return result;
}
