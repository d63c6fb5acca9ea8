import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import { describeStore } from '../store.conformance.ts';

const folder = mkdtempSync(join(tmpdir(), 'store-'));
let files = 0;

afterAll(() => rmSync(folder, { recursive: true }));

describeStore('in memory', (ports) => openSqliteStore({ ...ports, file: ':memory:' }));

describeStore('in a file', (ports) => {
  files += 1;
  return openSqliteStore({ ...ports, file: join(folder, `${files}.db`) });
});
