import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';

export type Look = { readonly theme: 'light' | 'dark'; readonly width: number };

/** How every screen must work: both themes, a desk and a phone. */
export const LOOKS: readonly Look[] = [
  { theme: 'light', width: 1280 },
  { theme: 'dark', width: 1280 },
  { theme: 'light', width: 390 },
  { theme: 'dark', width: 390 },
];

/** Looks that between them have both themes and both widths, for the further parts of a screen. */
export function isThorough({ theme, width }: Look): boolean {
  return (theme === 'light') === width > 700;
}

const HEIGHT = 900;

export type Window = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the console complained of, violations of the content security policy among it. */
  readonly complaints: readonly string[];
};

/** A browser window of its own, signed in by nothing but what `prepare` does. */
export async function openWindow(
  browser: Browser,
  look: Look,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Window> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: HEIGHT },
    colorScheme: look.theme,
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, context, complaints };
}

/** What must be true of every screen, whatever it shows. */
export async function expectSound({ page, complaints }: Window): Promise<void> {
  expect(await axeViolations(page)).toEqual([]);
  expect(await overflow(page), 'the page scrolls sideways').toBeLessThanOrEqual(0);
  expect(await page.locator('h1').count(), 'one main heading').toBe(1);
  expect(complaints).toEqual([]);
}

type AxeResult = {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
};

async function axeViolations(page: Page): Promise<readonly string[]> {
  // Injected by the test's own channel: the content security policy of the page stays as it is.
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run()')) as AxeResult;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
  );
}

function overflow(page: Page): Promise<number> {
  return page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
}
