import { beforeAll, describe, expect } from 'vitest';
import { useDashboard } from '../support/dashboard-daemon.ts';

const { ask, itAt, itIsSoundIn } = useDashboard();
let backup = '';

async function make(name: string, tags: readonly string[], command: string): Promise<string> {
  const action = { kind: 'command', command };
  const { task } = await ask<{ task: { id: string } }>('POST', '/tasks', { name, tags, action });
  const { id } = await ask<{ id: string }>('POST', `/tasks/${task.id}/runs`);
  await ask('GET', `/runs/${id}/wait?seconds=10`);
  return task.id;
}

beforeAll(async () => {
  backup = await make('Nightly backup', ['ops'], 'echo no space left >&2; exit 3');
  await make('Morning mail', ['mail'], 'echo sent');
}, 60_000);

describe('the list of runs', () => {
  itIsSoundIn(
    'with runs',
    () => '/runs',
    async ({ page }) => {
      await page.getByText('Nightly backup').waitFor();
    },
  );

  itAt(
    'asks for what is chosen, and keeps it in the address',
    () => '/runs',
    async ({ page }) => {
      await page.getByText('Morning mail').waitFor();
      await page.getByLabel('State').selectOption('failed');
      await page.getByText('Morning mail').waitFor({ state: 'hidden' });
      await page.getByText('Nightly backup').waitFor();
      expect(new URL(page.url()).search).toBe('?states=failed');
      await page.getByLabel('State').selectOption('');
      await page.getByLabel('Tag').fill('mail');
      await page.getByLabel('Tag').press('Enter');
      await page.getByText('Nightly backup').waitFor({ state: 'hidden' });
      await page.reload();
      await page.getByText('Morning mail').waitFor();
      await expect.poll(() => page.getByText('Nightly backup').count()).toBe(0);
      await page.getByLabel('Kind').selectOption('agent');
      await page.getByText('No run is like that.').waitFor();
      await page.getByRole('button', { name: 'Show every run' }).click();
      await page.getByText('Nightly backup').waitFor();
    },
  );

  itAt(
    'finds runs by the name of their task, by outcome, trigger and time',
    () => '/runs?outcome=failed&trigger=manual&since=1h&text=night',
    async ({ page }) => {
      await page.getByText('Nightly backup').waitFor();
      await expect.poll(() => page.getByText('Morning mail').count()).toBe(0);
      await expect.poll(() => page.getByLabel('Outcome').inputValue()).toBe('failed');
      await expect.poll(() => page.getByLabel('Time').inputValue()).toBe('1h');
    },
  );

  itAt(
    'shows a run that is started elsewhere, and leads to it',
    () => `/runs?task=${backup}`,
    async ({ page }) => {
      await page.getByText('Only runs of “Nightly backup”').waitFor();
      const rows = page.getByRole('main').getByRole('listitem');
      await expect.poll(() => rows.count()).toBe(1);
      await ask('POST', `/tasks/${backup}/runs`);
      await expect.poll(() => rows.count(), { timeout: 5_000 }).toBe(2);
      await rows.first().getByRole('link').click();
      await page.getByText('The command ended with exit code 3.').first().waitFor();
    },
  );
});
