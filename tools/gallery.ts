import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import 'temporal-polyfill/global';
import { openChromium } from '../test/support/chromium.ts';
import { LOOKS, type Look, openWindow } from '../test/support/dashboard-page.ts';
import { type Shown, startFurnished } from '../test/support/furnished.ts';
import { removeFolder, temporaryFolder } from '../test/support/real-daemon.ts';
import { buildDashboard } from '../web/build.ts';

const OUT = resolve(import.meta.dirname, '../.gallery');
/** For the figures of a screen to come, and what moves in to come to rest. */
const SETTLE_MS = 700;

/** Pages that are no screens of the dashboard, or are seen by nobody who is signed in. */
const OUTSIDE: readonly Shown[] = [
  { name: 'signed-out', path: '/' },
  { name: 'sign-in', path: '/sign-in' },
];
const INSIDE: readonly Shown[] = [
  { name: 'account', path: '/account' },
  { name: 'nothing', path: '/no/such/screen' },
];

/** Pictures of every screen with a full daemon behind it, in every look: `npm run gallery -- now run-`. */
async function makeGallery(wanted: readonly string[]): Promise<void> {
  await buildDashboard(true);
  const browser = await openChromium();
  if (browser === undefined) throw new Error('Pictures need a browser.');
  const folder = temporaryFolder();
  const world = await startFurnished(folder);
  const pick = (screens: readonly Shown[]): readonly Shown[] =>
    screens.filter(
      ({ name }) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)),
    );
  try {
    if (wanted.length === 0) rmSync(OUT, { recursive: true, force: true });
    mkdirSync(OUT, { recursive: true });
    for (const look of LOOKS) {
      const { page, context, complaints } = await openWindow(browser, look);
      const photograph = async (screens: readonly Shown[]): Promise<void> => {
        for (const screen of pick(screens)) {
          await page.goto(`${world.daemon.origin}${screen.path}`);
          await page.locator('h1').waitFor();
          await page.waitForTimeout(SETTLE_MS);
          await page.screenshot({ path: join(OUT, fileOf(screen, look)), fullPage: true });
        }
      };
      await photograph(OUTSIDE);
      await world.signIn(context);
      await photograph([...world.screens, ...INSIDE]);
      for (const one of complaints) console.warn(`${look.theme} ${look.width}: ${one}`);
      await context.close();
    }
    writeFileSync(join(OUT, 'index.html'), indexOf([...world.screens, ...INSIDE, ...OUTSIDE]));
    console.log(join(OUT, 'index.html'));
  } finally {
    await browser.close();
    await world.daemon.kill('SIGKILL');
    removeFolder(folder);
  }
}

function fileOf({ name }: Shown, { theme, width }: Look): string {
  return `${name}-${theme}-${width}.png`;
}

function indexOf(screens: readonly Shown[]): string {
  const rows = screens.map(
    (screen) =>
      `<h2>${screen.name}</h2>\n${LOOKS.map((look) => `<img alt="" loading="lazy" src="${fileOf(screen, look)}">`).join('\n')}`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Every screen in every look</title>
<style>img { max-height: 60vh; vertical-align: top; border: 1px solid gray }</style>
<h1>Every screen in every look</h1>
${rows.join('\n')}
</html>
`;
}

await makeGallery(process.argv.slice(2));
