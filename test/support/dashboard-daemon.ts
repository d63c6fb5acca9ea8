import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, it } from 'vitest';
import { openChromium } from './chromium.ts';
import { expectSound, LOOKS, openWindow, type Window } from './dashboard-page.ts';
import { type RealDaemon, removeFolder, startDaemon, temporaryFolder } from './real-daemon.ts';

/** A step that takes longer is told by its own name, before the test is given up. */
const STEP_MS_MAX = 8_000;

type Work = (window: Window) => Promise<void>;

/** One daemon and one browser for the tests of a file: opened before them, closed after them. */
export function useDashboard(
  args: readonly string[] = ['--no-auth'],
  env: Readonly<Record<string, string>> = {},
) {
  const data = temporaryFolder();
  let browser: Browser | undefined;
  let daemon: RealDaemon | undefined;
  beforeAll(async () => {
    browser = await openChromium();
    daemon = await startDaemon(data, env, args);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await daemon?.kill('SIGTERM');
    removeFolder(data);
  });
  const running = (): RealDaemon => {
    if (daemon === undefined) throw new Error('The daemon does not run yet.');
    return daemon;
  };
  const ask = async <Answer>(method: string, path: string, body: unknown = {}): Promise<Answer> => {
    const response = await fetch(`${running().origin}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${running().token}` },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  };
  const signIn = async ({ page }: Window): Promise<void> => {
    const { url } = await ask<{ readonly url: string }>('POST', '/sign-in-links');
    await page.goto(url);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${running().origin}/`);
  };
  const visit = async (path: string, work: Work, look = LOOKS[0]): Promise<boolean> => {
    if (browser === undefined) return false;
    const window = await openWindow(browser, look ?? { theme: 'light', width: 1280 });
    window.page.setDefaultTimeout(STEP_MS_MAX);
    try {
      if (running().token !== '') await signIn(window);
      await window.page.goto(`${running().origin}${path}`);
      await window.page.locator('h1').waitFor();
      await work(window);
    } finally {
      await window.context.close();
    }
    return true;
  };
  return {
    daemon: running,
    /** Asks the API, and fails when the answer is a problem. */
    ask,
    /** A test in a window of its own that shows the path. */
    itAt: (name: string, path: () => string | Promise<string>, work: Work): void => {
      it(name, async ({ skip }) => {
        if (!(await visit(await path(), work))) skip();
      });
    },
    /** Four tests: the screen is sound in every look. `isThere` waits for what it is about. */
    itIsSoundIn: (name: string, path: () => string, isThere: Work): void => {
      for (const look of LOOKS) {
        it(`${name} is sound in ${look.theme} at ${look.width} px`, async ({ skip }) => {
          const isDone = await visit(
            path(),
            async (window) => {
              await isThere(window);
              await expectSound(window);
            },
            look,
          );
          if (!isDone) skip();
        });
      }
    },
  };
}
