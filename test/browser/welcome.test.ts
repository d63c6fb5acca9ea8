import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
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

/** A task, made by an assistant over MCP. */
async function callAs(name: string): Promise<void> {
  const client = new Client({ name, version: '2.1.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${daemon.origin}/mcp`)));
  await client.callTool({
    name: 'create_task',
    arguments: { name: 'by an assistant', action: { kind: 'command', argv: ['true'] } },
  });
  await client.close();
}

// In this order: the first steps are those of a daemon without tasks.
describe('the first steps', () => {
  for (const look of LOOKS) {
    it(`are sound in ${look.theme} at ${look.width} px, on Now and by themselves`, async ({
      skip,
    }) => {
      if (browser === undefined) return skip();
      const window = await openWindow(browser, look);
      const { page } = window;
      for (const path of ['/', '/welcome?client=codex']) {
        await page.goto(`${daemon.origin}${path}`);
        await page.getByRole('region', { name: 'First steps' }).waitFor();
        await expectSound(window);
      }
      await page.getByText('codex mcp add carillon -- carillon mcp').waitFor();
      await window.context.close();
    });
  }

  it('are ticked off by themselves, when an assistant has called and made a task', async ({
    skip,
  }) => {
    if (browser === undefined) return skip();
    const { page, context } = await openWindow(browser, { theme: 'light', width: 1280 });
    await page.goto(`${daemon.origin}/welcome`);
    await page.getByRole('button', { name: 'Cursor' }).click();
    expect(page.url()).toContain('client=cursor');
    await page.getByRole('button', { name: 'Claude Code' }).click();
    await page.getByText('Waiting for the first call of Claude Code').waitFor();
    await page.getByRole('link', { name: 'Nightly backup' }).click();
    await page.getByRole('heading', { level: 1, name: 'New task' }).waitFor();
    await expect
      .poll(() => page.getByLabel('When it runs').inputValue())
      .toBe('every day at 02:30');
    await page.goBack();
    await callAs('claude-code');
    await page.getByText('First call received from claude-code 2.1.0 ✓').waitFor();
    await page.getByText('There is 1 task ✓').waitFor();
    await page.getByText('It has called').waitFor();
    await page.getByRole('link', { name: 'Now' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Now' }).waitFor();
    await expect.poll(() => page.getByRole('region', { name: 'First steps' }).count()).toBe(0);
    const answer = await fetch(`${daemon.origin}/api/v1/clients`);
    expect(await answer.json()).toMatchObject({
      clients: [{ name: 'claude-code', version: '2.1.0', transport: 'http', tasks: 1 }],
    });
    await context.close();
  });
});
