import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallResult } from '../../../src/api/surface.ts';
import { Question, type ToolCall } from '../../../src/api/tool.ts';
import { clicrontabSurface } from '../../../src/compat/clicrontab/surface.ts';
import { hexRunId, runIdOf } from '../../../src/compat/clicrontab/wire-ids.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { Outcome } from '../../../src/domain/outcome.ts';
import { owner } from '../../../src/domain/principal.ts';
import { Refusal } from '../../../src/domain/refusal.ts';
import { draft, openBench, type Bench } from '../../service/bench.ts';
import { failed, succeeded } from '../../support/scripted-executor.ts';

const ID = /\b[0-9a-f]{32}\b/;
const REVIEW = {
  name: 'daily-code-review',
  prompt: '审查 src/ 目录下最近 24 小时内修改的代码 $(id)',
  cron: '0 9 * * *',
  working_dir: '/home/ada/my-project',
};

let bench: Bench;
beforeEach(async () => {
  bench = await openBench('2026-11-02T08:00:00Z');
});
afterEach(() => bench.close());

async function call(
  name: string,
  given: JsonObject,
  settings: JsonObject = {},
): Promise<CallResult> {
  const surface = clicrontabSurface(settings);
  const tool = surface.tools.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`There is no tool ${name}.`);
  const about: ToolCall = {
    signal: new AbortController().signal,
    client: 'test 1.0',
    cwd: '/home/ada',
    zone: 'Europe/Berlin',
    mark: 'mark',
    now: () => bench.clock.now(),
    progress: async () => undefined,
    consentTo: () => 'given',
  };
  try {
    const services = bench.as(owner('test 1.0', surface.namespace));
    const answer = await tool.call(services, surface.prepareArguments(tool, given), about);
    if (answer instanceof Question) throw new Error('This surface asks nothing.');
    return surface.encode(tool, answer);
  } catch (error) {
    if (error instanceof Refusal) return surface.refuse(tool, error);
    throw error;
  }
}

async function say(name: string, given: JsonObject = {}, settings?: JsonObject): Promise<string> {
  const { content, isError } = await call(name, given, settings);
  const [block] = content;
  const text = block?.type === 'text' ? block.text : '';
  return isError === true ? `!${text}` : text;
}

async function create(changes: JsonObject = {}, settings?: JsonObject): Promise<string> {
  const text = await say('cron_create_task', { ...REVIEW, ...changes }, settings);
  return ID.exec(text)?.[0] ?? text;
}

async function taskOf(id: string) {
  return (await bench.as(owner('test 1.0', 'clicrontab')).getTask(id)).task;
}

async function work(printed: string, outcome: Outcome = succeeded()): Promise<void> {
  const [claim] = await bench.take(1);
  if (claim === undefined) throw new Error('No run is ready.');
  bench.output.open(claim.run.id, claim.run.attempt).append('stdout', Buffer.from(printed));
  bench.clock.advance(2_000);
  await bench.finish(claim, outcome);
}

describe('the tools', () => {
  it('are those of the plan, with their required arguments', () => {
    const listed = clicrontabSurface({}).tools.map(({ name, inputJson }) => [
      name,
      inputJson['required'] ?? [],
    ]);
    expect(Object.fromEntries(listed)).toEqual({
      cron_create_task: ['prompt', 'cron', 'working_dir'],
      cron_list_tasks: [],
      cron_get_task: ['task_id'],
      cron_update_task: ['task_id'],
      cron_delete_task: ['task_id'],
      cron_run_task: ['task_id'],
      cron_list_runs: ['task_id'],
      cron_get_run_log: ['run_id'],
      cron_preview: ['cron_expr'],
    });
  });
});

describe('creating tasks', () => {
  it('answers in the older words, in local time, and waits thirty minutes at most', async () => {
    const text = await say('cron_create_task', REVIEW);
    expect(text.replace(ID, 'ID')).toBe(
      '任务已创建\nID: ID\n下次执行: 2026-11-03 09:00:00\n工作目录: /home/ada/my-project',
    );
    const task = await taskOf(ID.exec(text)?.[0] ?? '');
    expect(task).toMatchObject({ namespace: 'clicrontab' });
    expect(task.definition).toMatchObject({
      name: 'daily-code-review',
      action: { kind: 'agent', engine: 'claude', prompt: REVIEW.prompt, cwd: REVIEW.working_dir },
      schedule: { zone: 'Europe/Berlin', rule: { dialect: 'robfig' } },
      policies: { timeoutMs: 1_800_000, overlap: 'skip', catchUp: { mode: 'none' } },
    });
  });

  it('never lifts the limits of the agent by itself', async () => {
    const { action } = (await taskOf(await create())).definition;
    expect(action).toMatchObject({ kind: 'agent', flags: [] });
    expect(action).not.toHaveProperty('permissionMode');
  });

  it('gives the prompt to a configured engine as one argument, without a shell', async () => {
    const argv = ['my-ai-cli', 'run', '{{.prompt}}'];
    const id = await create({}, { engine: 'custom', argv });
    expect((await taskOf(id)).definition.action).toMatchObject({
      kind: 'command',
      program: { kind: 'argv', argv: ['my-ai-cli', 'run', REVIEW.prompt] },
      cwd: REVIEW.working_dir,
    });
    expect(await say('cron_get_task', { task_id: id })).toContain(`Prompt: ${REVIEW.prompt}\n`);
  });

  it('reads UTC when the settings say so, and a number that is text', async () => {
    const id = await create({ timeout_minutes: '5' }, { usesUtc: true });
    expect((await taskOf(id)).definition).toMatchObject({
      schedule: { zone: 'UTC' },
      policies: { timeoutMs: 300_000 },
    });
  });

  it('takes no name for no name', async () => {
    const id = await create({ name: '' });
    expect(await say('cron_get_task', { task_id: id })).not.toContain('名称');
  });

  it.each([
    ['@daily', /^!无效的 cron 表达式: ./],
    ['0 9 * * 7', /^!无效的 cron 表达式: ./],
    ['0 0 9 * * *', /^!无效的 cron 表达式: ./],
    ['TZ=Europe/Berlin', /^!无效的 cron 表达式: ./],
  ])('refuses the schedule %j', async (cron, wording) => {
    expect(await say('cron_create_task', { ...REVIEW, cron })).toMatch(wording);
    expect(await say('cron_list_tasks')).toBe('没有找到任务');
  });

  it('refuses an empty prompt and a relative folder', async () => {
    expect(await say('cron_create_task', { ...REVIEW, prompt: '' })).toMatch(/^!.*prompt/);
    expect(await say('cron_create_task', { ...REVIEW, working_dir: 'src' })).toMatch(
      /^!创建任务失败: /,
    );
  });
});

describe('tasks', () => {
  it('are listed newest first, by state when asked, and others are not seen', async () => {
    await bench.services.createTask(draft());
    const first = await create({ name: 'first' });
    bench.clock.advance(1_000);
    const second = await create({ name: 'second', prompt: `${'é'.repeat(40)} end` });
    await say('cron_update_task', { task_id: first, paused: true });
    const all = await say('cron_list_tasks');
    expect(all).toContain('找到 2 个任务:');
    expect(all.indexOf(second)).toBeLessThan(all.indexOf(first));
    expect(all).toContain(`Prompt: ${'é'.repeat(28)}...`);
    expect(await say('cron_list_tasks', { status: 'paused' })).toContain(`⏸️ ${first}`);
    expect(await say('cron_list_tasks', { status: 'paused' })).not.toContain(second);
  });

  it('are told in full', async () => {
    const id = await create();
    await say('cron_run_task', { task_id: id });
    await work('done\n');
    expect(await say('cron_get_task', { task_id: id })).toBe(
      [
        `任务 ID: ${id}`,
        '名称: daily-code-review',
        '状态: active',
        `Prompt: ${REVIEW.prompt}`,
        'Cron: 0 9 * * *',
        '工作目录: /home/ada/my-project',
        '超时: 1800 秒',
        '上次运行: 2026-11-02 09:00:00',
        '下次运行: 2026-11-03 09:00:00',
        '创建时间: 2026-11-02 09:00:00',
      ].join('\n'),
    );
  });

  it('keep what an update does not name, being paused among it', async () => {
    const id = await create();
    expect(await say('cron_update_task', { task_id: id, paused: true })).toBe(
      `任务已更新: ${id}\n状态: paused`,
    );
    const text = await say('cron_update_task', {
      task_id: id,
      prompt: 'other',
      cron: '*/5 * * * *',
      working_dir: '',
    });
    expect(text).toContain('状态: paused');
    expect((await taskOf(id)).definition).toMatchObject({
      name: 'daily-code-review',
      action: { prompt: 'other', cwd: REVIEW.working_dir },
      schedule: { source: '*/5 * * * *' },
    });
    expect(await say('cron_update_task', { task_id: id, paused: 'false' })).toContain('active');
    expect(await say('cron_update_task', { task_id: id, cron: 'often' })).toMatch(/^!无效的 cron/);
  });

  it.each(['cron_get_task', 'cron_update_task', 'cron_delete_task', 'cron_run_task'])(
    'that do not exist are an error of %s',
    async (tool) => {
      const id = '0'.repeat(32);
      expect(await say(tool, { task_id: id })).toBe(`!任务不存在: ${id}`);
      await create();
      expect(await say(tool, { task_id: 'daily-code-review' })).toMatch(/^!任务不存在/);
    },
  );

  it('are deleted once', async () => {
    const id = await create();
    expect(await say('cron_delete_task', { task_id: id })).toBe(`任务已删除: ${id}`);
    expect(await say('cron_delete_task', { task_id: id })).toBe(`!任务不存在: ${id}`);
  });
});

describe('runs', () => {
  it('start at once, in another folder when asked, and not twice', async () => {
    const id = await create();
    const text = await say('cron_run_task', { task_id: id, working_dir: '/srv/other' });
    const run = ID.exec(text.split('\n')[2] ?? '')?.[0] ?? '';
    expect(text).toBe(`任务已开始执行\n任务 ID: ${id}\n运行 ID: ${run}`);
    const [claim] = await bench.take(1);
    expect(claim?.run.overrides).toEqual({ cwd: '/srv/other' });
    expect(hexRunId(claim?.run.id ?? 'run_')).toBe(run);
    expect(await say('cron_run_task', { task_id: id })).toBe(
      '!执行任务失败: task is already running',
    );
  });

  it('are listed newest first, with their logs by lines from the end', async () => {
    const id = await create();
    expect(await say('cron_list_runs', { task_id: id })).toBe('该任务暂无运行记录');
    await say('cron_run_task', { task_id: id });
    await work('one\ntwo\u001b[31m\nthree\n');
    bench.clock.advance(60_000);
    await say('cron_run_task', { task_id: id });
    await work('', failed());
    const text = await say('cron_list_runs', { task_id: id });
    expect(text).toMatch(
      /^找到 2 条运行记录:\n\n\[❌\] 运行 ID: [0-9a-f]{32}\n状态: failed\n开始: .*\n结束: .*\n退出码: 1\n\n\[✅\]/,
    );
    const runs = [...text.matchAll(/运行 ID: (\S+)/g)].map(([, run]) => run ?? '');
    const log = { run_id: runs[1] ?? '' };
    expect(await say('cron_get_run_log', log)).toBe('one\ntwo\nthree\n');
    expect(await say('cron_get_run_log', { ...log, tail: 2 })).toBe('two\nthree\n');
    expect(await say('cron_list_runs', { task_id: id, limit: 1 })).toContain('找到 1 条');
  });

  it('that do not exist have no log, and no path is told', async () => {
    for (const run of ['0'.repeat(32), '../../etc/passwd']) {
      expect(await say('cron_get_run_log', { run_id: run })).toBe('!读取日志失败: 没有该运行');
    }
  });

  it('have ids that lead back to them', () => {
    const id = bench.ids.runId();
    expect(runIdOf(hexRunId(id))).toBe(id);
    expect(runIdOf('f'.repeat(31))).toBeUndefined();
  });
});

describe('the preview', () => {
  it.each(['cron_expr', 'cron'])('takes the schedule as %s', async (name) => {
    expect(await say('cron_preview', { [name]: '0 9 * * MON-FRI', count: 3 })).toBe(
      [
        'Cron 表达式: 0 9 * * MON-FRI',
        '时区: Europe/Berlin',
        '未来触发时间:',
        '1. 2026-11-03 09:00:00',
        '2. 2026-11-04 09:00:00',
        '3. 2026-11-05 09:00:00',
      ].join('\n'),
    );
  });

  it('tells at most ten times, and a zone that the schedule names', async () => {
    const text = await say('cron_preview', {
      cron_expr: 'CRON_TZ=Asia/Tokyo 0 9 * * *',
      count: 99,
    });
    expect(text).toContain('时区: Asia/Tokyo');
    expect(text).toContain('10. ');
    expect(text).not.toContain('11. ');
    expect(await say('cron_preview', { cron_expr: '* *' })).toMatch(/^!无效的 cron 表达式/);
  });
});
