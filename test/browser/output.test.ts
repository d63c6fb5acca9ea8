import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { useDashboard } from '../support/dashboard-daemon.ts';

const LINES = 100_000;
const OPENED_WITHIN_MS = 5_000;
/** Rows that are drawn at once: what is seen, and some spare ones. */
const ROWS_MAX = 200;

const { daemon, ask, itAt, itIsSoundIn } = useDashboard();
const runs: Record<string, string> = {};

async function start(name: string, text: string): Promise<void> {
  const { task } = await ask<{ task: { id: string } }>('POST', '/tasks', {
    name,
    action: { kind: 'command', command: text },
  });
  runs[name] = (await ask<{ id: string }>('POST', `/tasks/${task.id}/runs`)).id;
}

beforeAll(async () => {
  await start('Many', `seq 1 ${LINES}`);
  const long = 'x'.repeat(2_000);
  await start('Few', `printf '\\033[31mred\\033[0m and plain\\n'; echo ${long}; echo end`);
  await start('Slow', 'for i in $(seq 1 4000); do echo line $i; sleep 0.05; done');
  await ask('GET', `/runs/${runs['Many'] ?? ''}/wait?seconds=20`);
}, 60_000);

afterAll(() => ask('POST', '/stop-all', {}));

const at = (name: string, part = '/output') => `/runs/${runs[name] ?? ''}${part}`;
const output = (page: Page) => page.getByRole('log', { name: 'Output' });
const scrollTop = (page: Page) => output(page).evaluate((box) => box.scrollTop);

/** In the page: from the first line to the last, and how long a frame usually took, in milliseconds. */
const SCROLL_THROUGH = `(async () => {
  const box = document.querySelector('[role=log]');
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const took = [];
  for (let step = 0; step <= 20; step += 1) {
    const began = performance.now();
    box.scrollTop = (box.scrollHeight / 20) * step;
    await frame();
    took.push(performance.now() - began);
  }
  return took.sort((one, other) => one - other)[10];
})()`;

describe('the window on an output', () => {
  itIsSoundIn(
    'with many lines',
    () => at('Many'),
    async ({ page }) => {
      await page.getByText('100,000 lines').waitFor();
    },
  );

  itAt(
    'opens a hundred thousand lines at once, and draws those that are seen',
    () => '/runs',
    async ({ page }) => {
      await page.getByText('Many').waitFor();
      const began = performance.now();
      await page.goto(`${daemon().origin}${at('Many')}`);
      await page.getByText('100,000 lines').waitFor();
      await output(page).getByText('100000', { exact: true }).last().waitFor();
      expect(performance.now() - began).toBeLessThan(OPENED_WITHIN_MS);
      expect(await output(page).getByRole('link').count()).toBeLessThan(ROWS_MAX);
    },
  );

  itAt(
    'scrolls through all of them without a pause',
    () => at('Many'),
    async ({ page }) => {
      await page.getByText('100,000 lines').waitFor();
      const usual = await page.evaluate<number>(SCROLL_THROUGH);
      // Generous: the machine of a test has other things to do.
      expect(usual).toBeLessThan(500);
      expect(await output(page).getByRole('link').count()).toBeLessThan(ROWS_MAX);
    },
  );

  itAt(
    'leads to a line by its address, and gives each line one',
    () => at('Many', '/output#L50000'),
    async ({ page }) => {
      const marked = output(page).locator('a[aria-current]');
      await marked.waitFor();
      await expect.poll(() => marked.textContent()).toBe('50000');
      await output(page).getByRole('link', { name: 'Line 50003' }).click();
      expect(new URL(page.url()).hash).toBe('#L50003');
      await output(page).locator('a[aria-current]', { hasText: '50003' }).waitFor();
    },
  );

  itAt(
    'finds a text in all of them',
    () => at('Many'),
    async ({ page }) => {
      await page.getByText('100,000 lines').waitFor();
      await page.getByLabel('Find in the output').fill('7777');
      await page.getByText('1 of 19', { exact: true }).waitFor();
      await output(page).getByText('7777', { exact: true }).last().waitFor();
      await page.getByLabel('Find in the output').press('Enter');
      await page.getByText('2 of 19', { exact: true }).waitFor();
      await output(page).getByText('17777', { exact: true }).last().waitFor();
    },
  );

  itAt(
    'saves all that is kept',
    () => at('Many'),
    async ({ page }) => {
      await page.getByText('100,000 lines').waitFor();
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download' }).click(),
      ]);
      const saved = readFileSync(await file.path(), 'utf8')
        .trimEnd()
        .split('\n');
      expect(saved).toHaveLength(LINES);
      expect(saved.at(-1)).toBe(String(LINES));
    },
  );

  itAt(
    'shows the colours that were printed, and wraps long lines when asked',
    () => at('Few'),
    async ({ page }) => {
      await page.getByText('3 lines').waitFor();
      await expect.poll(() => output(page).locator('.ansi-red-fg').textContent()).toBe('red');
      const overflow = () => output(page).evaluate((box) => box.scrollWidth - box.clientWidth);
      expect(await overflow()).toBeGreaterThan(1_000);
      await page.getByRole('button', { name: 'Wrap' }).click();
      await expect.poll(overflow).toBeLessThanOrEqual(0);
      const last = await output(page).getByText('end', { exact: true }).boundingBox();
      const long = await output(page).getByText('xxxxx').boundingBox();
      expect(last?.y).toBeGreaterThanOrEqual((long?.y ?? 0) + (long?.height ?? 0) - 2);
    },
  );

  itAt(
    'follows what is printed until somebody scrolls up',
    () => at('Slow'),
    async ({ page }) => {
      await expect.poll(() => scrollTop(page), { timeout: 15_000 }).toBeGreaterThan(100);
      await output(page).hover();
      await page.mouse.wheel(0, -200);
      const follow = page.getByRole('button', { name: 'Follow' });
      await expect.poll(() => follow.getAttribute('aria-pressed')).toBe('false');
      const stood = await scrollTop(page);
      const lines = await page.getByText(/^\d+ lines/).textContent();
      await expect
        .poll(() => page.getByText(/^\d+ lines/).textContent(), { timeout: 5_000 })
        .not.toBe(lines);
      expect(await scrollTop(page)).toBe(stood);
      await follow.click();
      await expect.poll(() => scrollTop(page)).toBeGreaterThan(stood);
    },
  );
});
