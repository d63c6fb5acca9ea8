import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChromium } from '../support/chromium.ts';
import { expectSound, LOOKS, openWindow } from '../support/dashboard-page.ts';
import {
  type RealDaemon,
  removeFolder,
  startDaemon,
  temporaryFolder,
} from '../support/real-daemon.ts';

const data = temporaryFolder();
let browser: Browser | undefined;
let daemon: RealDaemon;

beforeAll(async () => {
  browser = await openChromium();
  daemon = await startDaemon(data, {}, ['--no-auth']);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await daemon.kill('SIGTERM');
  removeFolder(data);
});

describe('the frame of the dashboard', () => {
  for (const look of LOOKS) {
    it(`is sound in ${look.theme} at ${look.width} px`, async ({ skip }) => {
      if (browser === undefined) return skip();
      const window = await openWindow(browser, look);
      await window.page.goto(daemon.origin);
      await window.page.getByRole('heading', { level: 1 }).waitFor();
      await expectSound(window);
      await window.context.close();
    });
  }

  it('says of an address that leads nowhere that there is nothing', async ({ skip }) => {
    if (browser === undefined) return skip();
    const window = await openWindow(browser, { theme: 'light', width: 1280 });
    const response = await window.page.goto(`${daemon.origin}/no/such/screen`);
    expect(response?.status()).toBe(404);
    await window.page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
    await window.context.close();
  });
});
