import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect } from 'vitest';
import { useDashboard } from '../support/dashboard-daemon.ts';

type Made = { readonly id: string; readonly path: string; readonly secret: string };

const { ask, daemon, itAt, itIsSoundIn } = useDashboard();
let github: Made;
let plain: Made;

beforeAll(async () => {
  await ask('POST', '/tasks', { name: 'build', action: { kind: 'command', argv: ['true'] } });
  const base = { task: 'build', description: 'From the code host.' };
  github = await ask<Made>('POST', '/webhooks', { ...base, name: 'pushes', scheme: 'github' });
  plain = await ask<Made>('POST', '/webhooks', { ...base, name: 'bell', scheme: 'path_token' });
  await ask('POST', `/webhooks/${github.id}/test`, { payload: { ref: 'main' } });
  await deliver(github, '{"forged":true}');
});

function deliver(hook: Made, body: string): Promise<Response> {
  return fetch(`${daemon().origin}${hook.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
}

describe('the webhooks of the dashboard', () => {
  itIsSoundIn(
    'the list',
    () => '/webhooks',
    async ({ page }) => page.getByRole('link', { name: 'pushes' }).waitFor(),
  );
  itIsSoundIn(
    'a webhook',
    () => `/webhooks/${github.id}`,
    async ({ page }) => {
      await page.getByText('bad signature').click();
      await page.getByText('{"forged":true}').waitFor();
    },
  );

  itAt(
    'makes one for a task, shows its secret once, and the secret opens it',
    () => '/webhooks?new=',
    async ({ page }) => {
      await page.getByLabel('Name').fill('orders');
      await page.getByLabel('Task that it starts').fill('build');
      await page.getByLabel('How its sender proves itself').selectOption('timestamped');
      await page.getByRole('button', { name: 'Make the webhook' }).click();
      const address = await page.getByLabel('Address', { exact: true }).textContent();
      const secret = await page.getByLabel('Its secret', { exact: true }).textContent();
      const seconds = Math.floor(Temporal.Now.instant().epochMilliseconds / 1_000);
      const body = '{"order":7}';
      const hex = createHmac('sha256', secret ?? '')
        .update(`${seconds}.${body}`)
        .digest('hex');
      const answer = await fetch(address ?? '', {
        method: 'POST',
        headers: { 'carillon-signature': `t=${seconds},v1=${hex}` },
        body,
      });
      expect(answer.status).toBe(202);
      await page.getByRole('button', { name: 'See the webhook' }).click();
      await page.getByText('accepted').waitFor();
      expect(await page.content()).not.toContain(secret);
    },
  );

  itAt(
    'sends a test, shows what came of it, and starts it again',
    () => `/webhooks/${plain.id}`,
    async ({ page }) => {
      await page.getByText('the address alone is the proof').waitFor();
      await page.getByLabel('Payload').fill('{"door":');
      await page.getByText('This is not JSON.').waitFor();
      await page.getByLabel('Payload').fill('{"door": 3}');
      await page.getByRole('button', { name: 'Send test' }).click();
      await page.getByRole('link', { name: 'See the run' }).waitFor();
      await page.getByRole('button', { name: /^Replay delivery/ }).click();
      await page.getByText('replayed', { exact: true }).waitFor();
      await page.getByRole('link', { name: 'The run it started' }).first().click();
      await page.waitForURL(/\/runs\/run_/);
    },
  );

  itAt(
    'shows a delivery that comes while it is looked at',
    () => `/webhooks/${plain.id}`,
    async ({ page }) => {
      await page.getByText('from its sender').waitFor({ state: 'detached' });
      await deliver(plain, '{"ding":"dong"}');
      await page.getByText('from its sender').click();
      await page.getByText('{"ding":"dong"}').waitFor();
    },
  );

  itAt(
    'is turned off with a way back',
    () => `/webhooks/${plain.id}`,
    async ({ page }) => {
      await page.getByRole('button', { name: 'Turn off' }).click();
      await page.getByText('It is off').first().waitFor();
      expect((await deliver(plain, '{}')).status).toBe(404);
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByRole('button', { name: 'Turn off' }).waitFor();
      expect((await deliver(plain, '{"again":1}')).status).toBe(202);
    },
  );

  itAt(
    'is edited, given a new address, and deleted',
    () => `/webhooks/${plain.id}`,
    async ({ page, complaints }) => {
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.getByLabel('Name').fill('door bell');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('heading', { level: 1, name: 'door bell' }).waitFor();
      const more = page.getByRole('button', { name: 'More to do with the webhook' });
      await more.click();
      await page.getByRole('menuitem', { name: 'New address' }).click();
      await page.getByLabel('The former address works').selectOption('0s');
      await page.getByRole('button', { name: 'Draw a new address' }).click();
      const address = await page.getByLabel('New address', { exact: true }).textContent();
      expect(address).not.toContain(plain.path);
      expect((await deliver(plain, '{}')).status).toBe(404);
      await page.getByRole('button', { name: 'Close' }).click();
      await more.click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await page.getByRole('button', { name: 'Delete it for good' }).click();
      await page.getByRole('heading', { level: 1, name: 'Webhooks' }).waitFor();
      await page.getByRole('link', { name: 'pushes' }).waitFor();
      await expect.poll(() => page.getByRole('link', { name: 'door bell' }).count()).toBe(0);
      expect(complaints).toEqual([]);
    },
  );
});
