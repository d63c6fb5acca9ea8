import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { settingRows } from '../../tools/settings-table.ts';

it('lists every setting with its default, bound and sentence on the page about configuration', () => {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| `') && line.includes('CARILLON_'));
  expect(rows).toEqual(settingRows());
});
