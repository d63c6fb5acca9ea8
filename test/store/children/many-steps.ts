import type { Migration } from '../../../src/store/sqlite/migrations.ts';

export const STEPS = 30;
export const ROWS = 1_500;

/** Steps that each take a few milliseconds and leave traces when they are done half or twice. */
export const MANY_STEPS: readonly Migration[] = Array.from({ length: STEPS }, (_, index) => ({
  version: index + 1,
  name: `step ${index + 1}`,
  sql: `create table step_${index + 1} (value integer);
    insert into step_${index + 1} with recursive n(v) as (select 1 union all select v + 1 from n where v < ${ROWS})
      select v from n;
    create table if not exists done (step integer);
    insert into done values (${index + 1});`,
}));
