import { beforeAll, describe, expect } from 'vitest';
import { useDashboard } from '../support/dashboard-daemon.ts';
import { letIn } from '../support/let-in.ts';

// With sign-in: each window is signed in by a link of its own.
const { ask, daemon, itAt, itIsSoundIn } = useDashboard([]);

beforeAll(async () => {
  await ask('POST', '/keys', { name: 'build-server', scopes: ['tasks:read'], lifetime: '90d' });
});

describe('the connections of the dashboard', () => {
  itIsSoundIn(
    'the list',
    () => '/connections',
    async ({ page }) => {
      await letIn(page, daemon().origin, 'An assistant');
      await page.goto(`${daemon().origin}/connections`);
      await page.getByText('An assistant').first().waitFor();
      await page.getByText(/Signed in in \d+ browsers?/).waitFor();
    },
  );

  itAt(
    'shows who was let in and how far, and turns it away',
    () => '/',
    async ({ page }) => {
      await letIn(page, daemon().origin, 'Another assistant');
      await page.goto(`${daemon().origin}/connections`);
      const row = page.getByRole('listitem').filter({ hasText: 'Another assistant' });
      await row.getByText('tasks:run').waitFor();
      await page.getByRole('button', { name: 'Revoke Another assistant' }).click();
      await page.getByRole('button', { name: 'Turn it away' }).click();
      await row.waitFor({ state: 'detached' });
      const { connections } = await ask<{ readonly connections: readonly { name: string }[] }>(
        'GET',
        '/connections',
      );
      expect(connections.map(({ name }) => name)).not.toContain('Another assistant');
    },
  );

  itAt(
    'makes a key that works until it is revoked, and shows it once',
    () => '/connections',
    async ({ page }) => {
      await page.getByRole('button', { name: 'New key' }).click();
      await page.getByLabel('Name').fill('report');
      await page.getByLabel('Start and stop runs').check();
      await page.getByRole('button', { name: 'Make the key' }).click();
      const text = await page.getByLabel('The key report', { exact: true }).textContent();
      const asked = () =>
        fetch(`${daemon().origin}/api/v1/tasks`, { headers: { authorization: `Bearer ${text}` } });
      expect((await asked()).status).toBe(200);
      await page.getByRole('button', { name: 'Close' }).click();
      expect(await page.content()).not.toContain(text);
      await page.getByRole('button', { name: 'Revoke the key report' }).click();
      await page.getByRole('button', { name: 'Revoke it for good' }).click();
      await page.getByText('The key report lets nobody in any more.').first().waitFor();
      expect((await asked()).status).toBe(401);
    },
  );

  itAt(
    'signs every browser out, and says then how to sign in',
    () => '/connections',
    async ({ page }) => {
      await page.getByRole('button', { name: 'Sign out everywhere' }).click();
      await page.getByText('this one too').waitFor();
      await page.getByRole('button', { name: 'Sign out everywhere' }).click();
      await page.getByRole('heading', { name: 'Sign in to Carillon' }).waitFor();
    },
  );
});
