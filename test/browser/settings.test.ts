import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect } from 'vitest';
import { useDashboard } from '../support/dashboard-daemon.ts';

const { ask, itAt, itIsSoundIn } = useDashboard();

beforeAll(async () => {
  await ask('POST', '/tasks', { name: 'build', action: { kind: 'command', argv: ['true'] } });
  await ask('PUT', '/secrets/TOKEN', { value: 'tok_8f3a9c0d1e2b7a66' });
});

describe('the settings of the dashboard', () => {
  itIsSoundIn(
    'the general part',
    () => '/settings',
    async ({ page }) => page.getByText('Data folder').waitFor(),
  );
  itIsSoundIn(
    'the part for copies of data',
    () => '/settings/data',
    async ({ page }) => page.getByRole('button', { name: 'Download a backup' }).waitFor(),
  );
  itIsSoundIn(
    'the audit trail',
    () => '/settings/audit',
    async ({ page }) => {
      await page.locator('li summary').first().click();
      await page.getByText('hash').first().waitFor();
    },
  );
  itIsSoundIn(
    'the notifications',
    () => '/notifications',
    async ({ page }) => page.getByText('Every task that does not say it itself').waitFor(),
  );

  itAt(
    'hands out a backup, and an export that can be imported',
    () => '/settings/data',
    async ({ page, complaints }) => {
      const backup = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download a backup' }).click();
      const copy = await backup;
      expect(copy.suggestedFilename()).toMatch(/^carillon-\d{4}-\d{2}-\d{2}\.backup$/);
      expect(
        readFileSync(await copy.path())
          .subarray(0, 15)
          .toString(),
      ).toBe('SQLite format 3');

      await page.getByLabel('Passphrase for the secrets').fill('a long passphrase');
      const exported = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Export the tasks' }).click();
      const file = await (await exported).path();
      await ask('DELETE', '/tasks/build');
      await ask('DELETE', '/secrets/TOKEN');

      await page.getByLabel('A file that was exported').setInputFiles({
        name: 'carillon-tasks.json',
        mimeType: 'application/json',
        buffer: readFileSync(file),
      });
      await page.getByLabel('Its passphrase').fill('a long passphrase');
      await page.getByRole('button', { name: 'See what it would change' }).click();
      await page.getByText('would be created: build').waitFor();
      await page.getByText('would be set: TOKEN').waitFor();
      await page.getByRole('button', { name: 'Import it' }).click();
      await page.getByText('Imported.').first().waitFor();
      await ask('GET', '/tasks/build');
      expect(complaints).toEqual([]);
    },
  );

  itAt(
    'finds what was refused and what was done, and sees that nothing is missing',
    () => '/settings/audit?verb=set_secret',
    async ({ page }) => {
      await page.getByText('set secret').first().waitFor();
      await expect.poll(() => page.getByText('create task').count()).toBe(0);
      await page.getByLabel('Came of it').selectOption('refused');
      await page.getByText('Nothing of the kind was done.').waitFor();
      expect(page.url()).toContain('verdict=refused');
      await page.getByRole('button', { name: 'Check the trail' }).click();
      await page.getByText(/^Whole: \d+ entr/).waitFor();
    },
  );

  itAt(
    'stops everything, with a reason, and lets it go on',
    () => '/settings',
    async ({ page }) => {
      const part = page.getByRole('region', { name: 'Stop everything' });
      await part.getByLabel('Why (everybody sees it)').fill('the disk is full');
      await part.getByRole('button', { name: 'Stop everything' }).click();
      await part.getByText('by owner: the disk is full').waitFor();
      await part.getByRole('button', { name: 'Let everything go on' }).click();
      await part.getByRole('button', { name: 'Stop everything' }).waitFor();
    },
  );

  itAt(
    'tries a channel and tells what came of it',
    () => '/notifications',
    async ({ page }) => {
      await page.getByRole('button', { name: 'Test desktop' }).click();
      await page.getByText(/^test: (?:taken|not taken)/).waitFor();
    },
  );
});
