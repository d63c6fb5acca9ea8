import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/domain/json.ts';
import { failed, succeeded } from '../../support/scripted-executor.ts';
import { draft, openBench, type Bench } from '../../service/bench.ts';
import { openSession, textOf, type Session } from './session.ts';

let bench: Bench;
let session: Session;
beforeEach(async () => {
  bench = await openBench('2026-11-02T08:00:00.250Z');
  session = openSession(bench);
});
afterEach(() => bench.close());

const HOURLY = { name: 'status', schedule: '0 * * * *', command: 'vmstat > /tmp/vmstat.log' };
const add = (changes: JsonObject = {}) =>
  session.get('add_command_task', { ...HOURLY, ...changes });

/** Claims the next run, prints, and ends it. */
async function work(printed = '', outcome = succeeded()): Promise<void> {
  const [claim] = await bench.take(1);
  if (claim === undefined) throw new Error('No run is ready.');
  const writer = bench.output.open(claim.run.id, claim.run.attempt);
  writer.append(outcome.kind === 'succeeded' ? 'stdout' : 'stderr', Buffer.from(printed));
  bench.clock.advance(1_500);
  await bench.finish(claim, outcome);
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('adding tasks', () => {
  it('answers a command task in the older form', async () => {
    const task = await add({ description: 'Records the system.', do_only_once: false });
    expect(task).toEqual({
      id: expect.stringMatching(/^task_[0-9a-f]{12}$/),
      name: 'status',
      schedule: '0 * * * *',
      schedule_human_readable: 'Every hour',
      type: 'shell_command',
      description: 'Records the system.',
      enabled: true,
      do_only_once: false,
      status: 'pending',
      created_at: '2026-11-02T08:00:00.250000',
      updated_at: '2026-11-02T08:00:00.250000',
      last_run: null,
      next_run: '2026-11-02T09:00:00',
      command: 'vmstat > /tmp/vmstat.log',
    });
    expect(await session.get('get_task', { task_id: task['id'] ?? '' })).toEqual({
      ...task,
      executions: [],
    });
  });

  it('switches itself off after one success unless told otherwise', async () => {
    expect(await add()).toMatchObject({ do_only_once: true });
    expect(await add({ do_only_once: 'no' })).toMatchObject({ do_only_once: false });
  });

  it('gives the command to the shell, in the client’s folder, with the timeout of the settings', async () => {
    session = openSession(bench, { executionTimeoutS: 45 });
    await add();
    const { items } = await bench.services.listTasks({});
    expect(items[0]?.definition).toMatchObject({
      action: { program: { kind: 'shell', text: HOURLY.command }, cwd: '/home/ada/project' },
      policies: { timeoutMs: 45_000, endsAfterSuccess: true },
      schedule: { zone: 'UTC', rule: { dialect: 'croniter' } },
    });
  });

  it('reads six fields with the seconds last', async () => {
    expect(await add({ schedule: '30 8 * * * 15' })).toMatchObject({
      next_run: '2026-11-02T08:30:15',
      schedule_human_readable: '30 8 * * * 15',
    });
  });

  it('keeps letters of every script', async () => {
    const task = await add({ name: '系统状态检查', description: 'naïve' });
    const [listed] = await session.ask('list_tasks');
    expect(listed).toEqual(task);
    expect(task).toMatchObject({ name: '系统状态检查', description: 'naïve' });
  });

  it('makes a disabled task', async () => {
    expect(await add({ enabled: false })).toMatchObject({
      enabled: false,
      status: 'disabled',
      next_run: null,
    });
  });

  it('lets several tasks have one name', async () => {
    const [first, second] = [await add(), await add()];
    expect(first['id']).not.toBe(second['id']);
  });

  it('answers an API task in the older form, and sends the body only with methods that have one', async () => {
    const post = await session.get('add_api_task', {
      name: 'hook',
      schedule: '@daily',
      api_url: 'https://example.org/hook',
      api_method: 'post',
      api_headers: '{"X-Key": "k"}',
      api_body: '{"b": 1, "a": {"c": [true]}}',
    });
    expect(post).toMatchObject({
      type: 'api_call',
      api_url: 'https://example.org/hook',
      api_method: 'post',
      api_headers: { 'X-Key': 'k' },
      api_body_keys: ['b', 'a'],
    });
    const actionOf = async () =>
      (await bench.services.listTasks({ text: 'hook' })).items[0]?.definition.action;
    expect(await actionOf()).toMatchObject({
      method: 'POST',
      body: '{"b":1,"a":{"c":[true]}}',
      headers: { 'content-type': { text: 'application/json' } },
      expectedStatus: [[100, 399]],
    });
    const id = post['id'] ?? '';
    const get = await session.get('update_task', { task_id: id, api_method: 'GET' });
    expect(get).toMatchObject({
      api_method: 'GET',
      api_headers: { 'X-Key': 'k' },
      api_body_keys: ['b', 'a'],
    });
    expect(await actionOf()).toMatchObject({ method: 'GET' });
    expect(await actionOf()).not.toHaveProperty('body');
  });

  it.each([
    ['61 * * * *', /^Error executing tool add_command_task: Invalid cron expression: ./],
    ['0 0 30 2 *', /^Error executing tool add_command_task: Invalid cron expression: ./],
    ['', /^Error executing tool add_command_task: ./],
  ])('refuses the schedule %j in the older words', async (schedule, wording) => {
    const result = await session.call('add_command_task', { ...HOURLY, schedule });
    expect(result).toMatchObject({ isError: true, content: [{ type: 'text' }] });
    expect(textOf(result)).toMatch(wording);
    expect(await session.ask('list_tasks')).toEqual([]);
  });

  it('refuses what is missing, and leaves aside what it does not know', async () => {
    const result = await session.call('add_command_task', { name: 'x', schedule: '* * * * *' });
    expect(textOf(result)).toBe('Error executing tool add_command_task: "command" is required.');
    expect(await add({ colour: 'red' })).not.toHaveProperty('colour');
  });
});

describe('AI tasks', () => {
  const AI = { name: 'news', schedule: '0 * * * *', prompt: 'Say {{hello}} in 中文' };
  const actionOf = async () => (await bench.services.listTasks({})).items[0]?.definition.action;

  it('go to the model of the settings, with the key of the vault when it is there', async () => {
    session = openSession(bench, { aiModel: 'gpt-5-mini' });
    const task = await session.get('add_ai_task', AI);
    expect(task).toMatchObject({ type: 'ai', prompt: AI.prompt, do_only_once: true });
    expect(await actionOf()).toMatchObject({
      kind: 'model',
      provider: 'openai',
      model: 'gpt-5-mini',
      prompt: AI.prompt,
      outputTokensMax: 2_000,
    });
    expect(await actionOf()).not.toHaveProperty('apiKey');
    await session.get('remove_task', { task_id: task['id'] ?? '' }).catch(() => undefined);
    await bench.services.setSecret('OPENAI_API_KEY', 'sk-not-to-be-seen');
    await session.get('add_ai_task', AI);
    expect(await actionOf()).toMatchObject({
      apiKey: { kind: 'secret', secret: 'OPENAI_API_KEY' },
    });
  });

  it.each([
    [['q', 'kiro-cli'], 'q'],
    [['kiro-cli'], 'kiro-cli'],
    [[], 'q'],
  ])(
    'go to the command line of Amazon Q instead, when %j is installed',
    async (installed, engine) => {
      const report = (name: string) => ({
        name,
        program: name,
        path: installed.some((one) => one === name) ? `/usr/bin/${name}` : undefined,
        version: undefined,
        login: 'unknown' as const,
        metering: 'none' as const,
        isTested: false,
      });
      const own = await openBench('2026-11-02T08:00:00Z', {
        engines: {
          problemWith: () => undefined,
          list: async () => ['claude', 'q', 'kiro-cli'].map(report),
          find: async (name) => report(name),
          tryMcpServers: async () => [],
        },
      });
      try {
        const task = await openSession(own, { usesAwsQModel: true }).get('add_ai_task', AI);
        expect(task).toMatchObject({ type: 'ai', prompt: AI.prompt });
        const { items } = await own.services.listTasks({});
        expect(items[0]?.definition.action).toMatchObject({
          kind: 'agent',
          engine,
          prompt: AI.prompt,
          cwd: '/home/ada/project',
          flags: [],
        });
      } finally {
        await own.close();
      }
    },
  );

  it('change their prompt, and show their answer as output', async () => {
    const id = (await session.get('add_ai_task', AI))['id'] ?? '';
    expect(await session.get('update_task', { task_id: id, prompt: 'other' })).toMatchObject({
      prompt: 'other',
    });
    bench.clock.advanceTo('2026-11-02T09:00:00Z');
    await bench.plan();
    const answer = {
      text: 'It rains.',
      data: undefined,
      session: undefined,
      turns: 1,
      usage: undefined,
      costUsd: undefined,
      isCostEstimated: false,
      costByModel: {},
      toolCalls: 0,
      denials: [],
      terminalReason: undefined,
    };
    await work('a transcript', succeeded({ answer }));
    const [execution] = await session.ask('get_task_executions', { task_id: id });
    expect(execution).toMatchObject({ status: 'completed', output: 'It rains.' });
  });
});

describe('reminders', () => {
  const TEA = { name: 'tea', schedule: '0 16 * * *', message: 'The kettle is on.' };
  const actionOf = async () => (await bench.services.listTasks({})).items[0]?.definition.action;

  it('show the name where they have no title', async () => {
    const task = await session.get('add_reminder_task', TEA);
    expect(task).toMatchObject({
      type: 'reminder',
      reminder_title: null,
      reminder_message: TEA.message,
    });
    expect(await actionOf()).toMatchObject({ kind: 'reminder', title: 'tea', body: TEA.message });
    const id = task['id'] ?? '';
    await session.get('update_task', { task_id: id, name: 'coffee' });
    expect(await actionOf()).toMatchObject({ title: 'coffee' });
    const edit = { task_id: id, reminder_title: 'Kitchen', reminder_message: 'Now.' };
    expect(await session.get('update_task', edit)).toMatchObject({
      reminder_title: 'Kitchen',
      reminder_message: 'Now.',
    });
    await session.get('update_task', { task_id: id, name: 'juice' });
    expect(await actionOf()).toMatchObject({ title: 'Kitchen', body: 'Now.' });
  });

  it('are refused without a message', async () => {
    const result = await session.call('add_reminder_task', { ...TEA, message: '' });
    expect(textOf(result)).toMatch(/^Error executing tool add_reminder_task: ./);
  });
});

describe('answers', () => {
  it('have one text block for each task, and none for no task', async () => {
    expect(await session.call('list_tasks')).toEqual({
      content: [],
      structuredContent: { result: [] },
    });
    const first = await add({ name: 'a' });
    const second = await add({ name: 'b' });
    const result = await session.call('list_tasks');
    expect(result.content).toEqual(
      [first, second].map((task) => ({ type: 'text', text: JSON.stringify(task, undefined, 2) })),
    );
    expect(result.structuredContent).toEqual({ result: [first, second] });
  });

  it.each(['get_task', 'update_task', 'enable_task', 'disable_task', 'run_task_now'])(
    'of %s are empty and no error for an unknown task',
    async (tool) => {
      for (const id of ['task_0123456789ab', 'status', '']) {
        expect(await session.call(tool, { task_id: id })).toEqual({
          content: [],
          structuredContent: { result: null },
        });
      }
    },
  );

  it('show only the tasks of this system, and never find them by name or native id', async () => {
    const { task } = await bench.services.createTask(draft());
    const own = await add();
    expect(await session.ask('list_tasks')).toEqual([own]);
    expect(await session.ask('get_task', { task_id: task.id })).toEqual([]);
    expect(await session.ask('remove_task', { task_id: 'status' })).toEqual([false]);
    const trick = await add({ name: 'task_0123456789ab' });
    expect(await session.ask('get_task', { task_id: 'task_0123456789ab' })).toEqual([]);
    expect(trick['name']).toBe('task_0123456789ab');
  });

  it('tell the settings of the server', async () => {
    session = openSession(bench, { name: 'mine', checkIntervalS: 7, executionTimeoutS: 60 });
    expect(await session.get('get_server_info')).toEqual({
      name: 'mine',
      version: '0.1.0',
      scheduler_status: 'running',
      check_interval: 7,
      execution_timeout: 60,
      ai_model: 'gpt-4o',
    });
    expect(session.surface.serverInfo).toEqual({ name: 'mine', version: '0.1.0' });
  });
});

describe('changing tasks', () => {
  it('takes null and absence for unchanged', async () => {
    const task = await add({ description: 'old', do_only_once: false });
    bench.clock.advance(1_000);
    const id = task['id'] ?? '';
    const edited = await session.get('update_task', {
      task_id: id,
      name: 'renamed',
      description: null,
      schedule: null,
      enabled: 'null',
      prompt: 'left aside',
    });
    expect(edited).toEqual({ ...task, name: 'renamed', updated_at: '2026-11-02T08:00:01.250000' });
    const same = await session.get('update_task', { task_id: id });
    expect(same).toEqual(edited);
  });

  it('changes command, schedule and being enabled', async () => {
    const id = (await add())['id'] ?? '';
    expect(
      await session.get('update_task', {
        task_id: id,
        command: 'uptime',
        schedule: '*/30 * * * *',
        enabled: false,
        do_only_once: false,
      }),
    ).toMatchObject({
      command: 'uptime',
      schedule: '*/30 * * * *',
      enabled: false,
      status: 'disabled',
      do_only_once: false,
    });
    expect(await session.get('update_task', { task_id: id, enabled: true })).toMatchObject({
      enabled: true,
      status: 'pending',
      next_run: '2026-11-02T08:30:00',
    });
    const result = await session.call('update_task', { task_id: id, schedule: 'often' });
    expect(textOf(result)).toMatch(/^Error executing tool update_task: Invalid cron expression: ./);
  });

  it('enables and disables, twice as well', async () => {
    const id = (await add())['id'] ?? '';
    for (const tool of ['disable_task', 'disable_task']) {
      expect(await session.get(tool, { task_id: id })).toMatchObject({
        enabled: false,
        status: 'disabled',
      });
    }
    for (const tool of ['enable_task', 'enable_task']) {
      expect(await session.get(tool, { task_id: id })).toMatchObject({
        enabled: true,
        status: 'pending',
      });
    }
  });

  it('removes a task once', async () => {
    const id = (await add())['id'] ?? '';
    expect(await session.call('remove_task', { task_id: id })).toEqual({
      content: [{ type: 'text', text: 'true' }],
      structuredContent: { result: true },
    });
    expect(await session.ask('remove_task', { task_id: id })).toEqual([false]);
    expect(await session.ask('get_task_executions', { task_id: id })).toEqual([]);
  });
});

describe('executions', () => {
  it('are listed newest first, with the beginning of their output', async () => {
    const id = (await add({ do_only_once: false }))['id'] ?? '';
    bench.clock.advanceTo('2026-11-02T09:00:00Z');
    await bench.plan();
    await work(`  ${'é'.repeat(1_200)}\n`);
    bench.clock.advanceTo('2026-11-02T10:00:00Z');
    await bench.plan();
    await work('disk full', failed());
    const executions = await session.ask('get_task_executions', { task_id: id });
    expect(executions).toEqual([
      {
        id: expect.stringMatching(/^exec_[0-9a-f]{12}$/),
        start_time: '2026-11-02T10:00:00',
        end_time: '2026-11-02T10:00:01.500000',
        status: 'failed',
        output: null,
        error: 'The command ended with exit code 1.\ndisk full',
        task_id: id,
      },
      {
        id: expect.stringMatching(/^exec_[0-9a-f]{12}$/),
        start_time: '2026-11-02T09:00:00',
        end_time: '2026-11-02T09:00:01.500000',
        status: 'completed',
        output: 'é'.repeat(1_000),
        error: null,
        task_id: id,
      },
    ]);
    expect(await session.ask('get_task_executions', { task_id: id, limit: '1' })).toHaveLength(1);
    expect(await session.ask('get_task_executions', { task_id: id, limit: 0 })).toEqual([]);
    expect(await session.get('get_task', { task_id: id })).toMatchObject({
      status: 'failed',
      last_run: '2026-11-02T10:00:00',
      executions: [{ status: 'failed' }, { status: 'completed' }],
    });
    const again = await session.ask('get_task_executions', { task_id: id });
    expect(again).toEqual(executions);
  });

  it('tell the response of a refused request as its error', async () => {
    const call = { name: 'hook', schedule: '0 * * * *', api_url: 'https://example.org/' };
    const id = (await session.get('add_api_task', call))['id'] ?? '';
    bench.clock.advanceTo('2026-11-02T09:00:00Z');
    await bench.plan();
    const [claim] = await bench.take();
    if (claim === undefined) throw new Error('No run is ready.');
    bench.output.open(claim.run.id, 1).append('stdout', Buffer.from('no such page'));
    await bench.finish(claim, failed('http_status', false, { httpStatus: 404 }));
    const [execution] = await session.ask('get_task_executions', { task_id: id });
    expect(execution).toMatchObject({
      status: 'failed',
      output: null,
      error: expect.stringMatching(/\nno such page$/),
    });
  });

  it('make the status of their task, until it is enabled anew', async () => {
    const id = (await add({ do_only_once: false }))['id'] ?? '';
    const status = async () => (await session.get('get_task', { task_id: id }))['status'];
    bench.clock.advanceTo('2026-11-02T09:00:00Z');
    await bench.plan();
    expect(await status()).toBe('pending');
    const [claim] = await bench.take();
    expect(await status()).toBe('running');
    if (claim !== undefined) await bench.finish(claim);
    expect(await status()).toBe('completed');
    await session.get('disable_task', { task_id: id });
    expect(await status()).toBe('disabled');
    bench.clock.advance(1_000);
    await session.get('enable_task', { task_id: id });
    expect(await status()).toBe('pending');
  });
});

describe('run_task_now', () => {
  it('waits for the end of the run and leaves the next one alone', async () => {
    const id = (await add({ do_only_once: false }))['id'] ?? '';
    const answer = session.get('run_task_now', { task_id: id });
    await settle();
    await work('hello\n');
    expect(await answer).toMatchObject({
      id,
      status: 'completed',
      next_run: '2026-11-02T09:00:00',
      execution: { status: 'completed', output: 'hello', error: null },
    });
  });

  it('runs a disabled task, which stays disabled', async () => {
    const id = (await add({ enabled: false, do_only_once: false }))['id'] ?? '';
    const answer = session.get('run_task_now', { task_id: id });
    await settle();
    await work();
    expect(await answer).toMatchObject({ enabled: false, status: 'disabled' });
  });

  it('answers nothing while another run of the task is under way', async () => {
    const id = (await add())['id'] ?? '';
    bench.clock.advanceTo('2026-11-02T09:00:00Z');
    await bench.plan();
    expect(await session.ask('run_task_now', { task_id: id })).toEqual([]);
  });

  it('tells of its progress, and answers when its caller no longer waits', async () => {
    const id = (await add())['id'] ?? '';
    const controller = new AbortController();
    const answer = session.call('run_task_now', { task_id: id }, controller.signal);
    await settle();
    await bench.take();
    for (let second = 0; second < 11; second += 1) {
      await settle();
      bench.clock.advance(1_000);
    }
    await settle();
    expect(session.progress).toEqual([5_000, 10_000]);
    controller.abort();
    expect((await answer).structuredContent).toMatchObject({
      result: { status: 'running', execution: { status: 'running', end_time: null } },
    });
  });
});
