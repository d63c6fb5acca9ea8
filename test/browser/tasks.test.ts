import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChromium } from '../support/chromium.ts';
import { expectSound, isThorough, LOOKS, openWindow } from '../support/dashboard-page.ts';
import { type LivedIn, startLivedIn } from '../support/lived-in.ts';
import { removeFolder, temporaryFolder } from '../support/real-daemon.ts';

const DESK = { theme: 'light', width: 1280 } as const;
const data = temporaryFolder();
let browser: Browser | undefined;
let lived: LivedIn;

beforeAll(async () => {
  browser = await openChromium();
  lived = await startLivedIn(data);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await lived.daemon.kill('SIGKILL');
  removeFolder(data);
});

const rows = (page: Page) => page.locator('[data-row]');
const rowOf = (page: Page, name: string) => rows(page).filter({ hasText: name });

async function stateOf(task: string): Promise<unknown> {
  const answer = await fetch(`${lived.daemon.origin}/api/v1/tasks/${task}`);
  return ((await answer.json()) as { task?: { state: string } }).task?.state;
}

describe('the screen "Tasks"', () => {
  for (const look of LOOKS) {
    it(`is sound in ${look.theme} at ${look.width} px, in each of its views`, async ({ skip }) => {
      if (browser === undefined) return skip();
      const window = await openWindow(browser, look);
      const { page } = window;
      await page.goto(`${lived.daemon.origin}/tasks`);
      await page.getByRole('group', { name: 'Last 6 runs, 6 failed' }).waitFor();
      await expectSound(window);
      if (isThorough(look)) {
        await page.getByRole('link', { name: 'Week', exact: true }).click();
        await page.getByRole('region', { name: 'Today' }).waitFor();
        await expectSound(window);
        await page.getByRole('link', { name: 'Timeline', exact: true }).click();
        await page.getByRole('group', { name: 'What ran and what comes' }).waitFor();
        await expectSound(window);
      }
      await window.context.close();
    });
  }

  it('tells of each task its schedule in words, its runs and what it costs', async ({ skip }) => {
    if (browser === undefined) return skip();
    const { page, context } = await openWindow(browser, DESK);
    await page.goto(`${lived.daemon.origin}/tasks`);
    const backup = rowOf(page, 'Nightly backup');
    await backup.getByText('Every day at 02:30', { exact: true }).waitFor();
    await backup.getByText('every day at 02:30 · UTC').waitFor();
    await backup.getByText('0 % go well').waitFor();
    await rowOf(page, 'Morning brief')
      .getByText(/a run, \$[\d.]+ a month/)
      .waitFor();
    await context.close();
  });

  it('filters by text, kind, tag and maker, and keeps that in the address', async ({ skip }) => {
    if (browser === undefined) return skip();
    const { page, context } = await openWindow(browser, DESK);
    await page.goto(`${lived.daemon.origin}/tasks`);
    await rows(page).first().waitFor();
    await page.getByLabel('Kind').selectOption('http');
    await expect.poll(() => rows(page).count()).toBe(1);
    expect(page.url()).toContain('kind=http');
    await page.getByLabel('Kind').selectOption('');
    await page.getByRole('searchbox').fill('nightly');
    await expect.poll(() => rows(page).count()).toBe(1);
    await page.goto(`${lived.daemon.origin}/tasks?tag=daily`);
    await expect.poll(() => rows(page).count()).toBe(2);
    await page.goto(`${lived.daemon.origin}/tasks?made_by=nobody`);
    await page.getByText('No task is like this.').waitFor();
    await context.close();
  });

  it('is driven by the keys: down, run, menu and open', async ({ skip }) => {
    if (browser === undefined) return skip();
    const { page, context } = await openWindow(browser, DESK);
    await page.goto(`${lived.daemon.origin}/tasks?text=review`);
    await rows(page).first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('r');
    await page.getByText('"Review yesterday’s commits" runs now.').waitFor();
    await page.keyboard.press('.');
    await page.getByRole('menuitem', { name: 'Run with changes…' }).waitFor();
    await page.keyboard.press('Escape');
    await rows(page).getByRole('link', { name: 'Review yesterday’s commits' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/tasks\/task_/);
    await context.close();
  });

  it('pauses what is chosen with a reason, and takes that back', async ({ skip }) => {
    if (browser === undefined) return skip();
    const { page, context } = await openWindow(browser, DESK);
    await page.goto(`${lived.daemon.origin}/tasks`);
    await page.getByLabel('Select Nightly backup').check();
    await page.getByLabel('Select Health of the shop').check();
    await page.getByRole('button', { name: 'Pause…' }).click();
    await page.getByLabel('Reason (may be empty)').fill('the disk is full');
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
    await page.getByText('2 tasks paused.').waitFor();
    await rowOf(page, 'Nightly backup').getByText('the disk is full').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => stateOf(lived.tasks.backup)).toBe('active');
    await context.close();
  });

  it('deletes a task, and takes that back', async ({ skip }) => {
    if (browser === undefined) return skip();
    const { page, context } = await openWindow(browser, DESK);
    await page.goto(`${lived.daemon.origin}/tasks`);
    const menu = (name: string) => page.getByRole('button', { name: `What to do with ${name}` });
    await menu('Long import').click();
    await page.getByRole('menuitem', { name: 'Duplicate' }).click();
    await page.getByRole('heading', { name: 'Long import copy' }).waitFor();
    await page.goto(`${lived.daemon.origin}/tasks`);
    for (const undone of [true, false]) {
      await menu('Long import copy').click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await expect.poll(() => rowOf(page, 'Long import copy').count()).toBe(0);
      if (!undone) continue;
      await page.getByRole('button', { name: 'Undo' }).click();
      await rowOf(page, 'Long import copy').waitFor();
    }
    await expect
      .poll(async () => {
        const answer = await fetch(`${lived.daemon.origin}/api/v1/tasks?text=import%20copy`);
        return ((await answer.json()) as { tasks: readonly unknown[] }).tasks.length;
      })
      .toBe(0);
    await context.close();
  });

  it('runs a task once with another payload', async ({ skip }) => {
    if (browser === undefined) return skip();
    const { page, context } = await openWindow(browser, DESK);
    await page.goto(`${lived.daemon.origin}/tasks?text=review`);
    await page.getByRole('button', { name: /What to do with Review/ }).click();
    await page.getByRole('menuitem', { name: 'Run with changes…' }).click();
    const payload = page.getByLabel('Payload (JSON, may be empty)');
    await payload.fill('{"branch": ');
    await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
    await page.getByText('Write a JSON object').waitFor();
    await payload.fill('{"branch": "main"}');
    await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
    await page.waitForURL(/\/runs\/run_/);
    await context.close();
  });
});
