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

async function countOf(what: 'runs' | 'tasks'): Promise<number> {
  const response = await fetch(`${daemon.origin}/api/v1/${what}`);
  const answer = (await response.json()) as Readonly<Record<string, readonly unknown[]>>;
  return answer[what]?.length ?? 0;
}

describe('the quick run', () => {
  it('fills its fields in from a link, and starts nothing by itself', async ({ skip }) => {
    if (browser === undefined) return skip();
    const { page, context } = await openWindow(browser, { theme: 'light', width: 1280 });
    await page.goto(`${daemon.origin}/quick-run?prompt=Read+the+news`);
    const prompt = page.getByLabel('Prompt', { exact: true });
    await prompt.waitFor();
    await expect.poll(() => prompt.inputValue()).toBe('Read the news');
    expect(await page.getByRole('radio', { name: 'Agent' }).isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('alert').first().waitFor();
    expect(await countOf('runs')).toBe(0);
    await context.close();
  });

  it('runs with Ctrl Enter, streams, and is found again', async ({ skip }) => {
    if (browser === undefined) return skip();
    const { page, context } = await openWindow(browser, { theme: 'light', width: 1280 });
    await page.goto(daemon.origin);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('q');
    await page.getByRole('heading', { level: 1, name: 'Quick run' }).waitFor();
    const command = page.getByRole('textbox', { name: 'Command', exact: true });
    await command.fill('echo first; sleep 1; echo last');
    await page.keyboard.press('Control+Enter');
    const output = page.getByRole('log', { name: 'Output' });
    await output.getByText('first').waitFor();
    await output.getByText('last').waitFor();
    await page.getByRole('link', { name: /Quick run: echo first/ }).waitFor();
    expect(await countOf('tasks')).toBe(0);
    await page.getByRole('link', { name: 'Save as task' }).click();
    await page.getByRole('heading', { level: 1, name: 'New task' }).waitFor();
    await expect.poll(() => command.inputValue()).toBe('echo first; sleep 1; echo last');
    await context.close();
  });

  for (const look of LOOKS) {
    it(`is sound in ${look.theme} at ${look.width} px`, async ({ skip }) => {
      if (browser === undefined) return skip();
      const window = await openWindow(browser, look);
      const { page } = window;
      await page.goto(`${daemon.origin}/quick-run?command=seq+1+40`);
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page
        .getByRole('log', { name: 'Output' })
        .getByText('12', { exact: true })
        .first()
        .waitFor();
      await expectSound(window);
      await window.context.close();
    });
  }
});
