import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChromium } from '../support/chromium.ts';
import { openWindow, type Window } from '../support/dashboard-page.ts';
import { homeWithAgent } from '../support/furnished.ts';
import {
  carillon,
  type RealDaemon,
  removeFolder,
  startDaemon,
  temporaryFolder,
} from '../support/real-daemon.ts';

/** A step that takes longer is told by its own name, before the test is given up. */
const STEP_MS_MAX = 12_000;
const PART_MS_MAX = 45_000;

const folder = temporaryFolder();
const browser: Browser | undefined = await openChromium();
let daemon: RealDaemon;
let window: Window;
let page: Page;

beforeAll(async () => {
  if (browser === undefined) return;
  daemon = await startDaemon(join(folder, 'data'), homeWithAgent(folder));
  window = await openWindow(browser, { theme: 'light', width: 1280 });
  ({ page } = window);
  page.setDefaultTimeout(STEP_MS_MAX);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await daemon?.kill('SIGKILL');
  removeFolder(folder);
});

const link = (name: string | RegExp) => page.getByRole('link', { name }).first();
const press = (name: string | RegExp) => page.getByRole('button', { name }).first().click();
const field = (label: string) => page.getByLabel(label, { exact: true });
const command = () => page.getByRole('textbox', { name: 'Command', exact: true });
const titled = (name: string) =>
  page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
const place = (name: string) =>
  page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name }).click();

async function openTask(name: string): Promise<void> {
  await place('Tasks');
  await link(name).click();
  await titled(name);
}

async function changeCommand(text: string): Promise<void> {
  await link('Edit').click();
  await command().fill(text);
  await press('Save the changes');
  await titled('Disk check');
}

// Each part goes on where the one before has led.
describe.skipIf(browser === undefined)('a newcomer with nothing but a browser', () => {
  it(
    'makes a first task in words, watches it fire, and reads what it printed',
    async () => {
      // The link is what "carillon up" and "carillon open" print: there is no other way in.
      const { stdout } = await carillon(['--data', daemon.data, 'open', '--quiet']);
      await page.goto(stdout.trim());
      await press('Sign in');
      await page.getByRole('region', { name: 'First steps' }).waitFor();
      await place('Tasks');
      await link('New task').click();
      await field('Name').fill('Disk check');
      await field('When it runs').fill('every 2 seconds');
      await page.getByRole('list', { name: 'The next occurrences' }).waitFor();
      await command().fill('echo all is well');
      await press('Make the task');
      await titled('Disk check');
      await page.locator('a[href^="/runs/run_"]').first().click();
      await page.getByRole('log', { name: 'Output' }).getByText('all is well').waitFor();
      await page.getByText('succeeded').first().waitFor();
    },
    PART_MS_MAX,
  );

  it(
    'makes it fail, finds that in the inbox, mends it, and sees that it works again',
    async () => {
      await openTask('Disk check');
      await changeCommand('echo the disk is full; exit 3');
      await place('Inbox');
      await link('Disk check failed').click();
      await page.getByText('The command ended with exit code 3.').first().waitFor();
      await page.getByRole('log', { name: 'Output' }).getByText('the disk is full').waitFor();
      await openTask('Disk check');
      await changeCommand('echo all is well');
      await place('Inbox');
      await page.getByText('works again').first().waitFor();
    },
    PART_MS_MAX,
  );

  it(
    'opens a webhook to it, and sends a test through',
    async () => {
      await place('Webhooks');
      await press('New webhook');
      await field('Name').fill('alarm');
      await field('Task that it starts').fill('Disk check');
      await press('Make the webhook');
      await press('See the webhook');
      await press('Send test');
      await link('See the run').click();
      await page.getByText('succeeded').first().waitFor();
    },
    PART_MS_MAX,
  );

  it(
    'lets an agent work within a budget, sees its cost, and approves what it wants',
    async () => {
      await page.goto(`${daemon.origin}/tasks/new`);
      await page.getByText('Agent', { exact: true }).click();
      await field('Name').fill('Look at the commits');
      await field('Engine').selectOption('claude');
      await field('Prompt').fill('Delegate a second look.');
      await field('Budget of a run, in dollars').fill('0.5');
      await page.getByText('More of it').click();
      await page.getByLabel('Its runs may make tasks themselves').check();
      await press('Make the task');
      await titled('Look at the commits');
      await press('Run now');
      await page.locator('a[href^="/runs/run_"]').first().click();
      await page.getByText('$0.0423').first().waitFor();
      await page.getByText('8 % of $0.50 a run').waitFor();
      await place('Inbox');
      await link(/^May this be done\?.*Look again/).click();
      await titled('May this be done?');
      await page.getByText('git log --since=1.hour').first().waitFor();
      await press('Approve');
      await page.getByText('approved').first().waitFor();
      await openTask('Look again');
    },
    PART_MS_MAX,
  );

  it(
    'keeps a secret, and grants it to a task',
    async () => {
      await place('Secrets');
      await press('Set a secret');
      await field('Name').fill('DISK_TOKEN');
      await field('Value').fill('correct-horse-7f3a');
      await page.getByLabel('Tasks').fill('Disk check');
      await press('Set the secret');
      await page.getByRole('button', { name: 'Take DISK_TOKEN from Disk check' }).waitFor();
      expect(await page.content()).not.toContain('correct-horse-7f3a');
      expect(window.complaints).toEqual([]);
    },
    PART_MS_MAX,
  );
});
