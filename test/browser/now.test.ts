import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChromium } from '../support/chromium.ts';
import { expectSound, LOOKS, openWindow } from '../support/dashboard-page.ts';
import { type LivedIn, startLivedIn } from '../support/lived-in.ts';
import { removeFolder, temporaryFolder } from '../support/real-daemon.ts';

const DESK = { theme: 'light', width: 1280 } as const;
const data = temporaryFolder();
let browser: Browser | undefined;
let lived: LivedIn;

beforeAll(async () => {
  browser = await openChromium();
  lived = await startLivedIn(data, { CARILLON_BUDGET: '{"usd_per_day": 0.5, "usd_per_month": 9}' });
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await lived.daemon.kill('SIGKILL');
  removeFolder(data);
});

describe('the screen "Now"', () => {
  for (const look of LOOKS) {
    it(`is sound in ${look.theme} at ${look.width} px`, async ({ skip }) => {
      if (browser === undefined) return skip();
      const window = await openWindow(browser, look);
      const { page } = window;
      await page.goto(lived.daemon.origin);
      await page.getByRole('group', { name: 'The day around now' }).waitFor();
      await page.getByRole('group', { name: 'Starts by weekday and hour' }).waitFor();
      await page.getByRole('list', { name: 'Spend by day' }).waitFor();
      await expectSound(window);
      await window.context.close();
    });
  }

  it('tells what needs a person, what runs with its last line, and what was spent', async ({
    skip,
  }) => {
    if (browser === undefined) return skip();
    const { page, context } = await openWindow(browser, DESK);
    await page.goto(lived.daemon.origin);
    const needs = page.getByRole('region', { name: 'Needs you' });
    await needs.getByRole('img', { name: 'failure' }).waitFor();
    await needs.getByRole('link', { name: 'Look: Nightly backup failed' }).click();
    await page.waitForURL(/\/runs\/run_/);
    await page.goBack();
    await page.getByText(/^step \d+$/).waitFor();
    const spend = page.getByRole('region', { name: 'Spend' });
    await spend.getByText('of $0.50').waitFor();
    await spend.getByText('the dashed line is $0.50 a day').waitFor();
    await spend.getByRole('link', { name: 'Morning brief' }).waitFor();
    await context.close();
  });

  it('leads with the arrows of the keyboard from mark to mark of the day', async ({ skip }) => {
    if (browser === undefined) return skip();
    const { page, context } = await openWindow(browser, DESK);
    await page.goto(lived.daemon.origin);
    const strip = page.getByRole('group', { name: 'The day around now' });
    const marks = strip.getByRole('link', { name: /:/ });
    await marks.first().focus();
    const first = await marks.first().getAttribute('aria-label');
    // What is focused is told in a card as well.
    await expect.poll(() => page.getByText(first ?? '', { exact: true }).count()).toBe(1);
    await page.keyboard.press('ArrowDown');
    const next = await page.locator(':focus').getAttribute('aria-label');
    expect(next).not.toBe(first);
    expect(next).toMatch(/: (failed|succeeded|comes|running|\d+ )/);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/(runs|tasks)\//);
    await context.close();
  });

  it('opens the list of what starts in an hour of the week', async ({ skip }) => {
    if (browser === undefined) return skip();
    const { page, context } = await openWindow(browser, DESK);
    await page.goto(lived.daemon.origin);
    await page.getByRole('button', { name: 'Wednesday 02:00, 5 starts' }).click();
    const sheet = page.getByRole('dialog', { name: 'Wednesday, from 02:00' });
    await sheet.getByRole('link', { name: 'Nightly backup' }).waitFor();
    await expect.poll(() => sheet.getByRole('listitem').count()).toBe(5);
    await context.close();
  });

  it('stops what runs', async ({ skip }) => {
    if (browser === undefined) return skip();
    const { page, context } = await openWindow(browser, DESK);
    await page.goto(lived.daemon.origin);
    await page.getByRole('button', { name: 'Stop Long import' }).click();
    await page.getByText('"Long import" is being stopped.').waitFor();
    await page.getByText('Nothing runs right now.').waitFor();
    await context.close();
  });
});
