import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChromium } from '../support/chromium.ts';
import { expectSound, LOOKS, openWindow } from '../support/dashboard-page.ts';
import { type Furnished, openAssistant, startFurnished } from '../support/furnished.ts';
import { ask } from '../support/lived-in.ts';
import { IS_LONG } from '../support/proof-size.ts';
import { type RealDaemon, removeFolder, temporaryFolder } from '../support/real-daemon.ts';

const DESK = { theme: 'light', width: 1280 } as const;
const TABS = 8;
const SEEN_WITHIN_MS = 1_000;
const STOPPED_WITHIN_MS = 5_000;
const SCRIPT_KB_MAX = 160;
const STYLE_KB_MAX = 10;
/** A screen and all that is folded in around it. */
const SCREENS_TIMEOUT_MS = 240_000;

const folder = temporaryFolder();
const browser: Browser | undefined = await openChromium();
let world: Furnished;
let daemon: RealDaemon;
/** Signed in once; a window for each look is opened with what it knows. */
let session: Awaited<ReturnType<BrowserContext['storageState']>>;

beforeAll(async () => {
  if (browser === undefined) return;
  world = await startFurnished(folder);
  ({ daemon } = world);
  const { context } = await openWindow(browser, DESK);
  await world.signIn(context);
  session = await context.storageState();
  await context.close();
}, 90_000);

afterAll(async () => {
  await browser?.close();
  await daemon?.kill('SIGKILL');
  removeFolder(folder);
});

async function openSignedIn(look: (typeof LOOKS)[number]) {
  if (browser === undefined) throw new Error('There is no browser.');
  return openWindow(browser, look, { storageState: session });
}

async function goTo(page: Page, path: string): Promise<void> {
  await page.goto(`${daemon.origin}${path}`);
  await page.locator('h1').waitFor();
  await page.getByText(/^Loading/).waitFor({ state: 'detached' });
}

describe.skipIf(browser === undefined)('every screen', () => {
  for (const [nth, look] of LOOKS.entries()) {
    it(
      `is axe clean, reached by the keyboard and without an error under the strict policy, in ${look.theme} at ${look.width} px`,
      { timeout: SCREENS_TIMEOUT_MS },
      async () => {
        const window = await openSignedIn(look);
        // The normal run looks at each screen in one look, the long proof in each.
        const screens = world.screens.filter((_, at) => IS_LONG || at % LOOKS.length === nth);
        for (const { name, path } of screens) {
          await goTo(window.page, path);
          try {
            await expectReachedByKeys(window.page);
            await expectSound(window);
          } catch (error) {
            throw new Error(`The screen "${name}" at ${path}`, { cause: error });
          }
        }
        await window.context.close();
      },
    );
  }
});

/** Past the rail in one step, then from thing to thing. */
async function expectReachedByKeys(page: Page): Promise<void> {
  await page.keyboard.press('Tab');
  await expect.poll(() => page.locator(':focus').textContent()).toBe('Skip to the screen');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(IS_FOCUS_IN_SCREEN), 'Tab leads into the screen').toBe(true);
  expect(await page.evaluate(OUT_OF_REACH), 'what no key reaches').toEqual([]);
}

const IS_FOCUS_IN_SCREEN = `document.querySelector('main').contains(document.activeElement)`;
/** What can be pressed and comes up at no press of Tab; in a group the arrows lead on from one to the next. */
const OUT_OF_REACH = `[...document.querySelectorAll('main :is(a[href], button, input, select, textarea, summary)')]
  .filter((one) => one.checkVisibility() && !one.disabled && one.tabIndex < 0)
  .filter((one) => one.closest('[aria-hidden=true]') === null)
  .filter((one) => one.closest('[role]')?.querySelector('[tabindex="0"]') == null)
  .map((one) => one.outerHTML.slice(0, 120))`;

describe.skipIf(browser === undefined)('the dashboard', () => {
  it('shows the elapsed time of a run of two hours without drift, whatever the clock of the browser says', async () => {
    const { context, page } = await openSignedIn(DESK);
    const running = page.getByRole('region', { name: 'Running' });
    for (const aheadMinutes of [0, -95, 240]) {
      await page.clock.install({
        time: Temporal.Now.instant().add({ minutes: aheadMinutes }).toString(),
      });
      await page.clock.resume();
      await goTo(page, '/');
      await running.getByText(/^2 h( [0-3] m)?$/).waitFor();
    }
    await context.close();
  });

  it('is live in eight tabs at once, and shows a task within a second that an assistant has made', async () => {
    const { context, page } = await openSignedIn(DESK);
    const tabs = await openTabs(context, page, '/tasks');
    const client = await openAssistant(daemon, 'acceptance');
    await page.evaluate(noteWhenSeen('made by an assistant'));
    await client.callTool({
      name: 'create_task',
      arguments: {
        name: 'made by an assistant',
        when: 'every day at 9',
        action: { kind: 'reminder', title: 'Look' },
      },
    });
    const madeAt = performance.timeOrigin + performance.now();
    const seenAt = (await page.evaluate('window.seenAt')) as number;
    expect(seenAt - madeAt).toBeLessThan(SEEN_WITHIN_MS);
    for (const tab of tabs) await tab.getByRole('link', { name: 'made by an assistant' }).waitFor();
    await client.close();
    await context.close();
  });

  it('comes back in eight tabs after a restart, without a reload and with what happened meanwhile', async () => {
    const { context, page } = await openSignedIn(DESK);
    const tabs = await openTabs(context, page, '/tasks');
    for (const tab of tabs) await tab.evaluate('window.isSamePage = true');
    await daemon?.kill('SIGKILL');
    for (const tab of tabs) await tab.getByText(/^offline since/).waitFor();
    daemon = await world.restart();
    await ask(daemon, 'POST', '/tasks', {
      name: 'made after the restart',
      action: { kind: 'reminder', title: 'Look' },
    });
    for (const tab of tabs) {
      await tab.getByRole('link', { name: 'made after the restart' }).waitFor();
      await tab.getByTitle('live', { exact: true }).waitFor();
      expect(await tab.evaluate('window.isSamePage')).toBe(true);
    }
    await context.close();
  });

  it('shows what was missed while the daemon was away as missed, once', async () => {
    const { context, page } = await openSignedIn(DESK);
    await goTo(page, '/inbox');
    await page
      .getByText(/Warm the cache.*missed/i)
      .first()
      .waitFor();
    await expect.poll(() => page.getByText(/Warm the cache.*missed/i).count()).toBe(1);
    await context.close();
  });

  it('stops a run in progress within five seconds when everything is stopped', async () => {
    const { context, page } = await openSignedIn(DESK);
    const { task } = (await ask(daemon, 'POST', '/tasks', {
      name: 'going on and on',
      action: { kind: 'command', command: 'sleep 600' },
    })) as { readonly task: { readonly id: string } };
    const run = (await ask(daemon, 'POST', `/tasks/${task.id}/runs`)) as { readonly id: string };
    await goTo(page, `/runs/${run.id}`);
    await page.getByText('running', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Stop everything' }).click();
    const dialog = page.getByRole('dialog');
    const since = performance.now();
    await dialog.getByRole('button', { name: 'Stop everything' }).click();
    await page.getByText('cancelled', { exact: true }).first().waitFor();
    expect(performance.now() - since).toBeLessThan(STOPPED_WITHIN_MS);
    await ask(daemon, 'POST', '/resume-all');
    await context.close();
  });
});

/** Becomes a promise of the moment at which the page shows the text. */
function noteWhenSeen(text: string): string {
  return `void (window.seenAt = new Promise((resolve) => {
    new MutationObserver((_, observer) => {
      if (!document.body.textContent.includes(${JSON.stringify(text)})) return;
      observer.disconnect();
      resolve(performance.timeOrigin + performance.now());
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  }))`;
}

async function openTabs(
  context: BrowserContext,
  first: Page,
  path: string,
): Promise<readonly Page[]> {
  const more = await Promise.all(Array.from({ length: TABS - 1 }, () => context.newPage()));
  const tabs = [first, ...more];
  for (const tab of tabs) await goTo(tab, path);
  for (const tab of tabs) await tab.getByTitle('live', { exact: true }).waitFor();
  return tabs;
}

const BUILT = resolve(import.meta.dirname, '../../dist/web');

function kilobytesOf(pattern: RegExp): number {
  const page = readFileSync(join(BUILT, 'index.html'), 'utf8');
  const files = [...page.matchAll(pattern)].map(([, path = '']) => path);
  expect(files).not.toEqual([]);
  return files
    .map((path) => gzipSync(readFileSync(join(BUILT, path))).length / 1_000)
    .reduce((sum, one) => sum + one, 0);
}

describe('what a browser loads first', () => {
  it(`is at most ${SCRIPT_KB_MAX} kB of script and ${STYLE_KB_MAX} kB of style, compressed`, () => {
    expect(kilobytesOf(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)).toBeLessThan(SCRIPT_KB_MAX);
    expect(kilobytesOf(/href="(\/assets\/[^"]+\.css)"/g)).toBeLessThan(STYLE_KB_MAX);
  });
});

/** Lines of the list that other tests hold, by their names. */
const HELD_ELSEWHERE = [
  ['output.test.ts', 'opens a hundred thousand lines at once, and draws those that are seen'],
  ['../http/guard.test.ts', 'turns the Host %j away'],
  ['../http/guard.test.ts', 'turns the Origin %j away'],
  ['../http/browser.test.ts', 'turns foreign hosts and pages away, whatever they want'],
  ['sign-in.test.ts', 'gives a page of another site nothing, though its visitor is signed in'],
  [
    '../engine/model-runs.test.ts',
    'is ended within five seconds of coming to its budget, while the server still streams',
  ],
  ['../engine/planning.test.ts', 'catches up at most 100 occurrences'],
] as const;

describe('lines of the list that are held elsewhere', () => {
  it.each(HELD_ELSEWHERE)('%s: %s', (file, title) => {
    expect(readFileSync(join(import.meta.dirname, file), 'utf8')).toContain(title);
  });
});
