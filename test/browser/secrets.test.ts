import { beforeAll, describe, expect } from 'vitest';
import { useDashboard } from '../support/dashboard-daemon.ts';

const { ask, itAt, itIsSoundIn } = useDashboard();
const VALUE = 'tok_8f3a9c0d1e2b7a66';

type List = {
  readonly secrets: readonly { readonly name: string; readonly for_tasks: readonly string[] }[];
};

beforeAll(async () => {
  const command = (env: object) => ({ kind: 'command', argv: ['true'], env });
  await ask('POST', '/tasks', { name: 'shop', action: command({ T: { secret: 'SHOP_TOKEN' } }) });
  await ask('POST', '/tasks', { name: 'letter', action: command({ M: { secret: 'MAIL' } }) });
  const hosts = { for_hosts: ['api.example.org'] };
  await ask('PUT', '/secrets/HOOK_KEY', { value: VALUE, for_tasks: ['shop', 'letter'], ...hosts });
  await ask('PUT', '/secrets/SHOP_TOKEN', { value: VALUE });
  const { id } = await ask<{ readonly id: string }>('POST', '/tasks/shop/runs');
  await ask('GET', `/runs/${id}/wait`);
});

const grantsOf = async (name: string): Promise<readonly string[] | undefined> =>
  (await ask<List>('GET', '/secrets')).secrets.find((one) => one.name === name)?.for_tasks;

describe('the secrets of the dashboard', () => {
  itIsSoundIn(
    'the list',
    () => '/secrets',
    async ({ page }) => {
      await page.getByText('wanted by').waitFor();
      await page.getByRole('link', { name: /ago by shop|now by shop/ }).waitFor();
    },
  );

  itAt(
    'names the tasks whose secret is missing, and sets it without showing it',
    () => '/secrets',
    async ({ page }) => {
      await page.getByRole('button', { name: 'Set MAIL' }).click();
      const value = page.getByLabel('Value', { exact: true });
      expect(await value.getAttribute('type')).toBe('password');
      await value.fill('correct-horse-7f3a');
      await page.getByLabel('Tasks').fill('letter');
      await page.getByRole('button', { name: 'Set the secret' }).click();
      await page.getByText('MAIL is set.').waitFor();
      await page.getByRole('button', { name: 'Replace the value of MAIL' }).waitFor();
      await expect.poll(() => page.getByText('wanted by').count()).toBe(0);
      expect(await grantsOf('MAIL')).toEqual(['letter']);
      expect(await page.content()).not.toContain('correct-horse-7f3a');
    },
  );

  itAt(
    'warns of a weak value, and keeps the grants when another one is set',
    () => '/secrets',
    async ({ page }) => {
      const replace = page.getByRole('button', { name: 'Replace the value of HOOK_KEY' });
      await replace.click();
      await page.getByLabel('New value').fill('password');
      await page.getByRole('button', { name: 'Replace the value', exact: true }).click();
      await page.getByText('an ordinary word, a name or a common password').waitFor();
      await page.getByRole('button', { name: 'Set another value' }).click();
      await page.getByLabel('New value').fill(VALUE);
      await page.getByRole('button', { name: 'Replace the value', exact: true }).click();
      await page.getByText('HOOK_KEY has another value.').first().waitFor();
      await replace.waitFor();
      expect(await grantsOf('HOOK_KEY')).toEqual(['shop', 'letter']);
    },
  );

  itAt(
    'takes a grant away with a way back, and grants to more',
    () => '/secrets',
    async ({ page }) => {
      await page.getByRole('button', { name: 'Take HOOK_KEY from letter' }).click();
      await page.getByText('"letter" may not use HOOK_KEY any more.').waitFor();
      expect(await grantsOf('HOOK_KEY')).toEqual(['shop']);
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByRole('button', { name: 'Take HOOK_KEY from letter' }).waitFor();
      await page.getByRole('button', { name: 'What to do with SHOP_TOKEN' }).click();
      await page.getByRole('menuitem', { name: 'Grant it to…' }).click();
      await page.getByLabel('Tasks').fill('shop');
      await page.getByRole('button', { name: 'Grant it', exact: true }).click();
      await page.getByRole('button', { name: 'Take SHOP_TOKEN from shop' }).waitFor();
      expect(await grantsOf('SHOP_TOKEN')).toEqual(['shop']);
    },
  );

  itAt(
    'draws new keys, and removes a secret for good',
    () => '/secrets',
    async ({ page, complaints }) => {
      await page.getByRole('button', { name: 'New data key' }).click();
      await page.getByText('The data key is new').waitFor();
      await page.getByRole('button', { name: 'What to do with SHOP_TOKEN' }).click();
      await page.getByRole('menuitem', { name: 'Remove' }).click();
      await page.getByText('will fail until it is set again').waitFor();
      await page.getByRole('button', { name: 'Remove it for good' }).click();
      await page.getByRole('button', { name: 'Set SHOP_TOKEN' }).waitFor();
      expect(complaints).toEqual([]);
    },
  );
});
