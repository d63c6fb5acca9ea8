import type { Announcer } from '../ports/announcer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Db } from './schema.ts';

/** What every query of the store needs. */
export type StoreContext = {
  readonly db: Db;
  readonly clock: Clock;
  readonly announcer: Announcer;
  readonly log: Log;
  /** Texts of inserts of many rows, by table and number of rows. */
  readonly insertTexts: Map<string, string>;
};
