import { describe, expect } from 'vitest';
import { useDashboard } from '../support/dashboard-daemon.ts';
import { expectSound } from '../support/dashboard-page.ts';
import { askToBeLetIn } from '../support/let-in.ts';

const { ask, daemon, itAt, itIsSoundIn } = useDashboard([]);
const PASSWORD = 'a long enough password';

const link = async (): Promise<string> =>
  (await ask<{ readonly url: string }>('POST', '/sign-in-links')).url;

describe('signing in', () => {
  itIsSoundIn(
    'each page of it',
    () => '/',
    async (window) => {
      const { page } = window;
      await page.goto(await link());
      await page.getByText('This link signs this browser in').waitFor();
      await expectSound(window);
      await page.goto((await askToBeLetIn(daemon().origin, 'An assistant')).address);
      await page.getByRole('heading', { name: 'Let An assistant in?' }).waitFor();
      await expectSound(window);
      await page.goto(`${daemon().origin}/account`);
      await page.getByRole('heading', { name: 'Your account' }).waitFor();
    },
  );

  itAt(
    'a person sets a password, signs out in the settings, and signs in by it',
    () => '/connections',
    async ({ page }) => {
      await page.getByRole('link', { name: 'Set a password' }).click();
      await page.getByLabel('A password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Set the password' }).click();
      await page.getByText('The password is set.').waitFor();
      await page.goto(`${daemon().origin}/settings`);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
      await page.goto(`${daemon().origin}/tasks`);
      await page.getByRole('heading', { name: 'Sign in to Carillon' }).waitFor();
      await page.getByRole('link', { name: 'I have a password' }).click();
      await page.getByLabel('Password').fill('not the password');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('That is not the password.').waitFor();
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('navigation', { name: 'Places' }).first().waitFor();
      expect(new URL(page.url()).pathname).toBe('/tasks');
    },
  );

  itAt(
    'a person lets an assistant in with less than it asks for',
    () => '/',
    async ({ page }) => {
      const { address, answered } = await askToBeLetIn(daemon().origin, 'A careful one');
      await page.goto(address);
      await page.getByText('nobody has checked it').waitFor();
      await page.getByLabel('Start and stop runs').uncheck();
      await page.getByRole('button', { name: 'Let it in' }).click();
      expect((await answered).searchParams.get('code')).not.toBeNull();
      const { connections } = await ask<{
        readonly connections: readonly { name: string; scopes: readonly string[] }[];
      }>('GET', '/connections');
      const careful = connections.find(({ name }) => name === 'A careful one');
      expect(careful?.scopes).toEqual(['tasks:read']);
    },
  );
});
