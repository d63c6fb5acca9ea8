import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { useDashboard } from '../support/dashboard-daemon.ts';
import { expectSound } from '../support/dashboard-page.ts';
import { removeFolder, temporaryFolder } from '../support/real-daemon.ts';

const TRANSCRIPT = resolve(import.meta.dirname, '../fixtures/transcripts/claude-tool.jsonl');
const REACHED_WITHIN_MS = 15_000;
const TWO_HOURS_MS = 2 * 3_600_000;

/** What an agent might write, and what must not become a part of the page. */
const REPORT = `# What changed

Two commits by **Ada**, see [the page](https://example.org/a) or [this](javascript:alert(1)).

| file | lines |
| --- | --- |
| run.ts | 12 |

<img src=x onerror=alert(1)>`;

const home = temporaryFolder();
mkdirSync(join(home, 'bin'));
const line = (fields: object): string =>
  JSON.stringify({ type: 'result', subtype: 'success', is_error: false, ...fields });
writeFileSync(join(home, 'report'), `${line({ session_id: 's-2', result: REPORT })}\n`);
const asking = JSON.stringify({ verdict: 'needs_human', summary: 'Which colour?' });
writeFileSync(join(home, 'asks'), `${line({ session_id: 's-1', result: asking })}\n`);
const done = JSON.stringify({ verdict: 'done', summary: 'It is blue.' });
writeFileSync(join(home, 'done'), `${line({ session_id: 's-1', result: done })}\n`);
writeFileSync(
  join(home, 'bin', 'claude'),
  `#!/bin/sh
prompt=$(cat)
printf '%s|%s\\n' "$*" "$prompt" >> "$HOME/calls"
case "$prompt" in
  paint) cat "$HOME/asks" ;;
  blue) cat "$HOME/done" ;;
  report|more) cat "$HOME/report" ;;
  *) cat ${TRANSCRIPT} ;;
esac
`,
  { mode: 0o755 },
);

const { daemon, ask, itAt, itIsSoundIn } = useDashboard(['--no-auth'], {
  PATH: `${join(home, 'bin')}:/usr/bin:/bin`,
  HOME: home,
});
afterAll(async () => {
  await ask('POST', '/stop-all', {});
  removeFolder(home);
});

type Run = { readonly id: string; readonly state: string; readonly task_id: string };
const runs: Record<string, string> = {};

async function start(name: string, task: object, given: object = {}): Promise<void> {
  const made = await ask<{ task: { id: string } }>('POST', '/tasks', { name, ...task });
  runs[name] = (await ask<Run>('POST', `/tasks/${made.task.id}/runs`, given)).id;
}

const agent = (prompt: string) => ({
  action: { kind: 'agent', engine: 'claude', prompt, cwd: home },
});
const command = (text: string) => ({ action: { kind: 'command', command: text } });
/** Waits until a run has come to a state. */
async function reach(name: string, state: string): Promise<void> {
  const giveUpAt = performance.now() + REACHED_WITHIN_MS;
  for (;;) {
    const run = await ask<Run>('GET', `/runs/${runs[name] ?? ''}`);
    if (run.state === state) return;
    if (performance.now() > giveUpAt) throw new Error(`${name} is ${run.state}, not ${state}.`);
    await sleep(30);
  }
}

beforeAll(async () => {
  await start('Files', agent('make a file in {{run.id}}'));
  await start('Report', agent('report'));
  await start('Paint', { ...agent('paint'), success: { verdict: true } });
  await start('Count', command('echo one; echo two'), { payload: { since: 'monday' } });
  await start('Import', command('for i in 1 2 3; do echo step $i; done; sleep 60'));
  await start('Gone', command('echo here'));
  await Promise.all([
    ...['Files', 'Report', 'Count', 'Gone'].map((name) => reach(name, 'succeeded')),
    reach('Paint', 'waiting'),
  ]);
  const { task_id: task } = await ask<Run>('GET', `/runs/${runs['Gone'] ?? ''}`);
  await ask('DELETE', `/tasks/${task}`);
}, 60_000);

const at = (name: string, part = '') => `/runs/${runs[name] ?? ''}${part}`;

describe('the page of a run', () => {
  itIsSoundIn(
    'with an answer',
    () => at('Report'),
    async ({ page }) => {
      await page.getByRole('heading', { name: 'What changed' }).waitFor();
    },
  );
  itIsSoundIn(
    'that asks',
    () => at('Paint'),
    async ({ page }) => {
      await page.getByLabel('Your answer').waitFor();
    },
  );

  itAt(
    'shows where the time went, and what each tool was given',
    () => at('Files', '/calls'),
    async (window) => {
      const { page } = window;
      const time = page.getByRole('region', { name: 'How the time went' });
      await time.getByText('in the queue').waitFor();
      await time.getByText('attempt 1').waitFor();
      await time.getByText('Bash').waitFor();
      const calls = page.getByRole('region', { name: 'In order' });
      await expect.poll(() => calls.getByRole('listitem').count()).toBe(1);
      await page.getByText('2.4 k / 100 / 400').waitFor();
      await page.getByText('touch made.txt').waitFor();
      await expectSound(window);
    },
  );

  itAt(
    'shows what an agent wrote as a page, and takes no markup of its own',
    () => at('Report'),
    async ({ page }) => {
      const answer = page.getByRole('region', { name: 'What it answered' });
      await answer.getByRole('cell', { name: 'run.ts' }).waitFor();
      await expect.poll(() => answer.getByRole('link').count()).toBe(1);
      await expect.poll(() => answer.locator('img').count()).toBe(0);
      await answer.getByText('<img src=x onerror=alert(1)>').waitFor();
      await answer.getByText('[this](javascript:alert(1))').waitFor();
    },
  );

  itAt(
    'tells what it was given: the text that went out, and what was changed for it alone',
    () => at('Files', '/input'),
    async ({ page }) => {
      await page.getByText(`make a file in ${runs['Files'] ?? ''}`).waitFor();
      await page.goto(`${daemon().origin}${at('Count', '/input')}`);
      await page.getByLabel('Payload', { exact: true }).getByText('monday').waitFor();
    },
  );

  itAt(
    'takes an answer and shows how it goes on',
    () => at('Paint'),
    async ({ page }) => {
      await page.getByText('Which colour?').first().waitFor();
      await page.getByLabel('Your answer').fill('blue');
      await page.getByRole('button', { name: 'Answer', exact: true }).click();
      await page.getByText('succeeded', { exact: true }).first().waitFor();
      await page.getByText('Its own verdict: done').waitFor();
    },
  );

  itAt(
    'runs again with changes, and compares with the result before',
    () => at('Count'),
    async ({ page }) => {
      await page.getByRole('button', { name: 'What to do with this run' }).click();
      await page.getByRole('menuitem', { name: 'Run again with changes' }).click();
      await page.getByLabel('Payload').fill('{"since": "friday"}');
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.waitForURL((url) => url.pathname !== at('Count'));
      await page.getByRole('link', { name: 'Input' }).click();
      await page.getByLabel('Payload', { exact: true }).getByText('friday').waitFor();
      await page.getByRole('link', { name: 'Compare' }).click();
      await page.getByText('Both say the same.').waitFor();
    },
  );

  itAt(
    'goes on with the conversation of an agent',
    () => at('Report'),
    async ({ page }) => {
      await page.getByRole('button', { name: 'What to do with this run' }).click();
      await page.getByRole('menuitem', { name: 'Continue this conversation' }).click();
      await page.getByLabel('What to say next').fill('more');
      await page.getByRole('button', { name: 'Send' }).click();
      await page.waitForURL((url) => url.pathname !== at('Report'));
      await page.getByRole('heading', { name: 'What changed' }).waitFor();
      const calls = readFileSync(join(home, 'calls'), 'utf8').split('\n');
      expect(calls.find((call) => call.endsWith('|more'))).toContain('--resume=s-2');
    },
  );

  itAt(
    'counts the hours of a long run by the clock of the daemon, and stops it',
    () => at('Import'),
    async ({ page }) => {
      await page.getByText('Last line').waitFor();
      await page.getByText('step 3').first().waitFor();
      const db = new DatabaseSync(join(daemon().data, 'carillon.db'));
      db.prepare('update run set started_at = started_at - ? where id = ?').run(
        TWO_HOURS_MS,
        runs['Import'] ?? '',
      );
      db.close();
      // A browser whose clock is wrong by a day.
      await page.clock.install({ time: Temporal.Now.instant().epochMilliseconds + 86_400_000 });
      await page.reload();
      await page.getByText(/^2 h( \d+ m)?$/).waitFor();
      await page.clock.runFor(90_000);
      await page.getByText(/^2 h( \d+ m)?$/).waitFor();
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await page.getByText('cancelled', { exact: true }).first().waitFor();
    },
  );

  itAt(
    'says of a run whose task was deleted what is left of it',
    () => at('Gone'),
    async ({ page }) => {
      await page.getByText('The task is not there any more').waitFor();
      await page.getByText('here', { exact: true }).waitFor();
      await expect.poll(() => page.getByRole('button', { name: 'Run again' }).count()).toBe(0);
    },
  );

  itAt(
    'says of a run that is not kept that it is not',
    () => '/runs/run_00000000000000000000000000',
    async ({ page }) => {
      await page.getByRole('heading', { name: 'This run is not kept any more' }).waitFor();
    },
  );
});
