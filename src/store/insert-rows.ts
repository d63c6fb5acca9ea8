import { CompiledQuery } from 'kysely';
import type { InsertQueryBuilder, InsertResult } from 'kysely';
import type { Insertable } from 'kysely';
import type { Tables } from './schema.ts';
import type { Unit } from './unit.ts';

type Build<Table extends keyof Tables> = (
  insert: InsertQueryBuilder<Tables, Table, InsertResult>,
) => { compile(): { readonly sql: string } };

/**
 * Inserts many rows of one shape. Building the text of such an insert takes longer than running it,
 * so the texts for a few numbers of rows are built once and kept.
 *
 * @param variant names what `build` adds to the plain insert: a conflict clause, a returning clause.
 * @returns how many rows were written, and the rows of a returning clause.
 */
export async function insertRows<Table extends keyof Tables>(
  unit: Unit,
  table: Table,
  rows: readonly Insertable<Tables[Table]>[],
  variant = 'plain',
  build: Build<Table> = (insert) => insert,
): Promise<{ readonly count: number; readonly returned: readonly unknown[] }> {
  let count = 0;
  const returned: unknown[] = [];
  let offset = 0;
  for (const size of CHUNK_SIZES) {
    for (; rows.length - offset >= size; offset += size) {
      const chunk = rows.slice(offset, offset + size);
      const text = insertText(unit, table, chunk, variant, build);
      const result = await unit.db.executeQuery(CompiledQuery.raw(text, valuesOf(chunk)));
      count += Number(result.numAffectedRows ?? 0);
      returned.push(...result.rows);
    }
  }
  return { count, returned };
}

// 100 rows of the widest table are 3,300 values; SQLite takes 32,766 in one statement, Postgres 65,535.
const CHUNK_SIZES = [100, 10, 1];

function insertText<Table extends keyof Tables>(
  unit: Unit,
  table: Table,
  chunk: readonly Insertable<Tables[Table]>[],
  variant: string,
  build: Build<Table>,
): string {
  const key = `${table} ${variant} ${chunk.length}`;
  let text = unit.insertTexts.get(key);
  if (text === undefined) {
    text = build(unit.db.insertInto(table).values(chunk)).compile().sql;
    unit.insertTexts.set(key, text);
  }
  return text;
}

/** Values in the order of the columns of the first row, which is the order in its text. */
function valuesOf(chunk: readonly object[]): unknown[] {
  const values: unknown[] = [];
  for (const row of chunk) values.push(...Object.values(row));
  return values;
}
