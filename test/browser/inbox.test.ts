import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { useDashboard } from '../support/dashboard-daemon.ts';
import { removeFolder, temporaryFolder } from '../support/real-daemon.ts';

const FILLED_WITHIN_MS = 20_000;
const home = temporaryFolder();
mkdirSync(join(home, 'bin'));
const result = (verdict: string, summary: string): string =>
  JSON.stringify({
    type: 'result',
    subtype: 'success',
    is_error: false,
    session_id: 's-1',
    result: JSON.stringify({ verdict, summary }),
  });
writeFileSync(join(home, 'asks'), `${result('needs_human', 'Which colour?')}\n`);
writeFileSync(join(home, 'done'), `${result('done', 'It is blue.')}\n`);
writeFileSync(
  join(home, 'bin', 'claude'),
  '#!/bin/sh\nif [ "$(cat)" = paint ]; then cat "$HOME/asks"; else cat "$HOME/done"; fi\n',
  { mode: 0o755 },
);

const { ask, itAt, itIsSoundIn } = useDashboard(['--no-auth'], {
  PATH: `${join(home, 'bin')}:/usr/bin:/bin`,
  HOME: home,
});
afterAll(() => removeFolder(home));

type Item = { readonly title: string; readonly state: string; readonly recovered_at: unknown };

async function run(task: string): Promise<void> {
  const { id } = await ask<{ id: string }>('POST', `/tasks/${task}/runs`);
  await ask('GET', `/runs/${id}/wait?seconds=2`);
}

async function make(name: string, task: object): Promise<string> {
  return (await ask<{ task: { id: string } }>('POST', '/tasks', { name, ...task })).task.id;
}

async function until(isThere: (items: readonly Item[]) => boolean): Promise<void> {
  const giveUpAt = performance.now() + FILLED_WITHIN_MS;
  for (;;) {
    const { items } = await ask<{ items: readonly Item[] }>('GET', '/inbox');
    if (isThere(items)) return;
    if (performance.now() > giveUpAt) throw new Error(JSON.stringify(items));
    await sleep(50);
  }
}

beforeAll(async () => {
  for (const name of ['One', 'Two', 'Three']) {
    await run(await make(name, { action: { kind: 'command', command: 'exit 3' } }));
  }
  const flag = join(home, 'flag');
  const mended = await make('Mended', { action: { kind: 'command', command: `test -e ${flag}` } });
  await run(mended);
  await until((items) => items.length === 4);
  writeFileSync(flag, '');
  await run(mended);
  const action = { kind: 'agent', engine: 'claude', prompt: 'paint', cwd: home };
  await run(await make('Paint', { action, success: { verdict: true } }));
  await until((items) => items.length === 5 && items.some((item) => item.recovered_at !== null));
}, 60_000);

describe('the inbox', () => {
  itIsSoundIn(
    'with failures and a question',
    () => '/inbox',
    async ({ page }) => {
      await page.getByLabel('Your answer').waitFor();
    },
  );

  itAt(
    'shows what works again as over, and keeps what is asked for in the address',
    () => '/inbox',
    async ({ page }) => {
      await page.getByText('works again').waitFor();
      await page.getByLabel('Which kind').selectOption('question');
      await page.waitForURL(/kind=question/);
      await page.getByText('Paint asks').waitFor();
      await expect.poll(() => page.getByText('One failed').count()).toBe(0);
      await page.reload();
      await page.getByText('Paint asks').waitFor();
      await expect.poll(() => page.getByText('One failed').count()).toBe(0);
    },
  );

  itAt(
    'is gone through with the keyboard',
    () => '/inbox?kind=failure',
    async ({ page }) => {
      const titles = page.getByRole('listitem').getByRole('link');
      await titles.first().waitFor();
      const first = await titles.nth(0).textContent();
      const second = await titles.nth(1).textContent();
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      await page.keyboard.press('k');
      await page.keyboard.press('e');
      await page.getByText('1 item put away.').waitFor();
      await page
        .getByRole('listitem')
        .filter({ hasText: first ?? '' })
        .waitFor({ state: 'hidden' });
      await expect.poll(() => titles.nth(0).textContent()).toBe(second);
      await page.getByRole('button', { name: 'Undo' }).click();
      await page
        .getByRole('listitem')
        .filter({ hasText: first ?? '' })
        .waitFor();
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/runs\/run_/);
    },
  );

  itAt(
    'puts many away at once, and brings them back',
    () => '/inbox?kind=failure',
    async ({ page }) => {
      await page.getByLabel('Select: One failed').check();
      await page.getByLabel('Select: Two failed').check();
      await page.getByRole('button', { name: 'Done with 2' }).click();
      await page.getByText('2 items put away.').waitFor();
      await page.getByText('One failed').waitFor({ state: 'hidden' });
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByText('One failed').waitFor();
      await page.getByText('Two failed').waitFor();
    },
  );

  itAt(
    'takes the answer to a question where it stands',
    () => '/inbox',
    async ({ page }) => {
      await page.getByLabel('Your answer').fill('blue');
      await page.getByRole('button', { name: 'Answer', exact: true }).click();
      await page.getByText('Answered: the run goes on.').waitFor();
      await page.getByLabel('Your answer').waitFor({ state: 'hidden' });
      const asked = '/runs?states=succeeded&kind=agent';
      await expect
        .poll(async () => (await ask<{ runs: unknown[] }>('GET', asked)).runs.length, {
          timeout: 10_000,
        })
        .toBe(1);
    },
  );
});
