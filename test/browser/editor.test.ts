import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskView } from '../../src/api/task-view.ts';
import { toBody, toDraft, toEdit } from '../../web/src/screens/editor/task-body.ts';
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

type Task = {
  readonly id: string;
  readonly name: string;
  readonly revision: number;
  readonly action: Readonly<Record<string, unknown>>;
  readonly policies: Readonly<Record<string, unknown>>;
  readonly schedule: Readonly<Record<string, unknown>> | null;
  readonly tags: readonly string[];
};

beforeAll(async () => {
  browser = await openChromium();
  daemon = await startDaemon(data, {}, ['--no-auth']);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await daemon.kill('SIGTERM');
  removeFolder(data);
});

async function ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${daemon.origin}/api/v1${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer as Answer;
}

async function makeTask(body: Readonly<Record<string, unknown>>): Promise<Task> {
  return (await ask<{ readonly task: Task }>('POST', '/tasks', body)).task;
}

async function taskNow(ref: string): Promise<Task> {
  const path = `/tasks/${encodeURIComponent(ref)}`;
  return (await ask<{ readonly task: Task }>('GET', path)).task;
}

/** A window on an address, at a desk. */
async function at(path: string) {
  if (browser === undefined) throw new Error('There is no browser.');
  const window = await openWindow(browser, { theme: 'light', width: 1280 });
  await window.page.goto(`${daemon.origin}${path}`);
  await window.page.getByRole('heading', { level: 1 }).waitFor();
  return window;
}

const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });

const ACTIONS: readonly Readonly<Record<string, unknown>>[] = [
  { kind: 'command', argv: ['echo', 'a b'], cwd: '/tmp', env: { A: 'b' }, stdin: ' in\n' },
  {
    kind: 'http',
    method: 'PUT',
    url: 'https://example.com/',
    headers: { accept: 'text/plain', authorization: { secret: 'TOKEN' } },
    body: '{"a": 1}',
    expected_status: ['200-204', '404'],
  },
  {
    kind: 'agent',
    engine: 'claude',
    prompt: 'Look',
    model: 'm',
    fallback_model: 'n',
    allowed_tools: ['Read', 'Bash(git log:*)'],
    denied_tools: ['Write'],
    mcp_servers: { files: { command: 'files', args: ['-v'] } },
    permission_mode: 'plan',
    system_text: 'Be brief.',
    answer_schema: {
      type: 'object',
      properties: { verdict: { type: 'string' }, summary: { type: 'string' } },
    },
    session: { mode: 'resume', tokens_max: 1000 },
    delegation: { tasks: 2, alive: 5, depth: 1, lifetime: '2d' },
  },
  {
    kind: 'model',
    provider: 'openai_compatible',
    model: 'm',
    prompt: 'Say',
    base_url: 'http://127.0.0.1:9/v1',
    api_key: { secret: 'KEY' },
    temperature: 0.5,
    max_tokens: 100,
  },
  { kind: 'message', endpoint: 'https://example.com/in', text: 'hello', info: { a: 1 } },
  { kind: 'reminder', title: 'Tea', body: 'Green', channels: ['desktop'], sound: 'none' },
];

/** Everything that a task may say beside its action, for those that use no model. */
const POLICIES = {
  when: '0 9 * * 1-5',
  timezone: 'Europe/Berlin',
  exclude: ['2026-12-25'],
  blackouts: [{ from: '22:00', to: '06:00', weekdays: ['sat', 'sun'] }],
  end: '2030-01-01T00:00:00+01:00',
  runs_max: 1000,
  jitter: '2m',
  timeout: '90s',
  deadline: '2h',
  retry: { attempts: 4, backoff: '5s', factor: 3, backoff_max: '1m', jitter: 0.1, lost: true },
  overlap: 'queue_one',
  concurrency: 2,
  priority: 7,
  catch_up: 'all',
  catch_up_window: '3h',
  catch_up_spread: '10m',
  gates: [{ kind: 'files', pattern: '/tmp/*.txt' }],
  gate_error: 'fail',
  retention: { runs: 50, age: '10d' },
  alerts: { on: ['failure', 'finding'], channels: ['desktop'] },
  ends_after_success: true,
  tags: ['a', 'b'],
  description: 'All of it',
};
const FOR_MODELS = {
  budget: { usd_per_run: 1, usd_per_month: 20, tokens_per_day: 5000, on_limit: 'ask' },
  compare: { by: 'items', path: 'a.b', identity: 'id' },
  success: { verdict: true, file_changed: ['*.md'], chars: 10, allow_denials: true },
  ask: { deadline: '2d', default: 'no' },
};

describe('the fields of the editor', () => {
  it.each(ACTIONS.map((action) => [String(action['kind']), action] as const))(
    'say of a task that does %s what it says itself',
    async (kind, action) => {
      const more = kind === 'agent' || kind === 'model' ? FOR_MODELS : {};
      const made = await makeTask({ name: `all of ${kind}`, action, ...POLICIES, ...more });
      const view = (await ask<{ readonly task: TaskView }>('GET', `/tasks/${made.id}`)).task;
      const body = { ...toBody(toDraft(view)), name: `again ${kind}` };
      const again = await makeTask(body);
      const parts = ({ action: does, policies, schedule, tags }: Task) => [
        does,
        policies,
        schedule,
        tags,
      ];
      expect(parts(await taskNow(again.id))).toEqual(parts(await taskNow(made.id)));
      expect(toEdit(toDraft(view), toDraft(view))).toEqual({});
    },
  );
});

describe('the editor', () => {
  for (const look of LOOKS) {
    it(`is sound in ${look.theme} at ${look.width} px, with everything unfolded`, async ({
      skip,
    }) => {
      if (browser === undefined) return skip();
      const task = await makeTask({
        name: `look ${look.theme} ${look.width}`,
        when: 'every day at 02:30',
        timezone: 'Europe/Berlin',
        action: { kind: 'command', argv: ['sh', '-c', 'true'], env: { MODE: 'fast' } },
        retry: { attempts: 3 },
      });
      const window = await openWindow(browser, look);
      const { page } = window;
      await page.goto(`${daemon.origin}/tasks/${task.id}/edit`);
      await page.getByRole('list', { name: 'The next occurrences' }).waitFor();
      for (const title of await page.locator('form details > summary').all()) await title.click();
      if (look.theme === 'light' && look.width > 1_000) await expectSound(window);
      await page.getByText('Agent', { exact: true }).click();
      await page.getByLabel('Prompt', { exact: true }).fill('Look at it');
      await expectSound(window);
      await window.context.close();
    });
  }

  it('makes a task from words, and answers while one types', async ({ skip }) => {
    if (browser === undefined) return skip();
    const { page, context } = await at('/tasks/new');
    await field(page, 'Name').fill('made in words');
    await field(page, 'When it runs').fill('0 9 13 * 5');
    await page.getByText('cron runs when either matches').waitFor();
    await field(page, 'Time zone').fill('Europe/Berlin');
    await field(page, 'When it runs').fill('every day at 02:30');
    await page.getByText('Every day at 02:30', { exact: false }).first().waitFor();
    expect(
      await page.getByRole('list', { name: 'The next occurrences' }).locator('li').count(),
    ).toBe(5);
    await field(page, 'When it runs').fill('now and then');
    await page.locator('[data-field="when"]').getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'every weekday at 9' }).click();
    await page.getByRole('textbox', { name: 'Command', exact: true }).fill('echo hello');
    await page.getByText('More of it').click();
    await page.getByRole('button', { name: 'Add a variable' }).click();
    await field(page, 'Environment variables: name 1').fill('MODE');
    await field(page, 'Environment variables: value 1').fill('fast');
    await page.getByText('When it fails').click();
    await field(page, 'Attempts in all').fill('3');
    await page.getByRole('button', { name: 'Make the task' }).click();
    await page.getByRole('heading', { level: 1, name: 'made in words' }).waitFor();
    expect(await taskNow('made in words')).toMatchObject({
      action: { command: 'echo hello', env: { MODE: 'fast' } },
      schedule: { when: 'every weekday at 9', timezone: 'Europe/Berlin' },
      policies: { retry: { attempts: 3 } },
    });
    await context.close();
  });

  it('shows a refusal beside its field, unfolds it, and keeps what was typed', async ({ skip }) => {
    if (browser === undefined) return skip();
    const { page, context } = await at('/tasks/new?name=refused&command=true&timeout=soon');
    await page.getByRole('button', { name: 'Make the task' }).click();
    const refused = page.locator('[data-field="timeout"]');
    await refused.getByRole('alert').waitFor();
    await expect.poll(() => refused.getByRole('alert').textContent()).toContain('"timeout"');
    await page.waitForFunction(`document.activeElement?.value === 'soon'`);
    await field(page, 'Name').fill('');
    await field(page, 'Timeout').fill('30s');
    await page.getByRole('button', { name: 'Make the task' }).click();
    await page.locator('[data-field="name"]').getByRole('alert').waitFor();
    // Somewhere else and back again: nothing is lost.
    await page.getByRole('link', { name: 'Cancel' }).click();
    await page.getByText('What you typed is kept').waitFor();
    await page.goBack();
    await page.getByText('What you had typed here is back.').waitFor();
    await expect.poll(() => field(page, 'Timeout').inputValue()).toBe('30s');
    await context.close();
  });

  it('tests what is written before it is saved, and streams what it prints', async ({ skip }) => {
    if (browser === undefined) return skip();
    const { page, context } = await at(
      '/tasks/new?name=tried&command=echo+first;+sleep+1;+echo+last',
    );
    await page.getByRole('button', { name: 'Test now' }).click();
    const output = page.getByRole('log', { name: 'Output' });
    await output.getByText('first').waitFor();
    await expect.poll(() => output.getByText('last').count()).toBe(0);
    await output.getByText('last').waitFor();
    await page.getByText('succeeded').first().waitFor();
    const { tasks } = await ask<{ tasks: readonly Task[] }>('GET', '/tasks?text=tried');
    expect(tasks).toEqual([]);
    await context.close();
  });

  it('tells who changed what meanwhile, and brings both together', async ({ skip }) => {
    if (browser === undefined) return skip();
    const { id } = await makeTask({
      name: 'shared',
      action: { kind: 'command', command: 'echo old', env: { API_TOKEN: 'kept' } },
      budget: { usd_per_day: 3 },
    });
    const { page, context } = await at(`/tasks/${id}/edit`);
    await field(page, 'Tags').fill('mine');
    await ask('PATCH', `/tasks/${id}`, { when: 'every hour', description: 'theirs' });
    await page.getByText(/owner.* has changed this task/).waitFor();
    const conflict = page.getByRole('alert', { name: 'Changed meanwhile' });
    await expect
      .poll(() => conflict.textContent())
      .toMatch(/owner .*Description: nothing → “theirs”/s);
    await page.getByRole('button', { name: 'Keep mine, take the rest' }).click();
    await page.getByRole('button', { name: 'Save the changes' }).click();
    await page.getByRole('heading', { level: 1, name: 'shared' }).waitFor();
    const task = await taskNow('shared');
    expect(task).toMatchObject({ tags: ['mine'], description: 'theirs' });
    expect(task.action).toMatchObject({ command: 'echo old', env: { API_TOKEN: '[hidden]' } });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Undone.').waitFor();
    expect((await taskNow('shared')).tags).toEqual([]);
    await context.close();
  });

  it('copies a task, and takes a schedule and a budget away again', async ({ skip }) => {
    if (browser === undefined) return skip();
    const { id } = await makeTask({
      name: 'model',
      when: 'every day at 7',
      action: { kind: 'agent', engine: 'claude', prompt: 'Read the news', allowed_tools: ['Read'] },
      budget: { usd_per_run: 1, usd_per_day: 2 },
    });
    const { page, context } = await at(`/tasks/new?copy=${id}`);
    await expect.poll(() => field(page, 'Prompt').inputValue()).toBe('Read the news');
    await field(page, 'When it runs').fill('');
    await field(page, 'Budget of a day, in dollars').fill('');
    await page.getByRole('button', { name: 'Make the task' }).click();
    await page.getByRole('heading', { level: 1, name: 'model (copy)' }).waitFor();
    const copy = await taskNow('model (copy)');
    expect(copy).toMatchObject({
      schedule: null,
      action: { engine: 'claude', allowed_tools: ['Read'] },
      policies: { budget: { usd_per_run: 1 } },
    });
    await page.getByRole('link', { name: 'Edit' }).click();
    await field(page, 'Budget of a run, in dollars').fill('');
    await page.getByRole('button', { name: 'Save the changes' }).click();
    await page.getByRole('heading', { level: 1, name: 'model (copy)' }).waitFor();
    expect((await taskNow('model (copy)')).policies).not.toHaveProperty('budget');
    await context.close();
  });
});
