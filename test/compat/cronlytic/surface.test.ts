import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Question, type ToolCall } from '../../../src/api/tool.ts';
import { cronlyticSurface } from '../../../src/compat/cronlytic/surface.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { owner } from '../../../src/domain/principal.ts';
import { Refusal } from '../../../src/domain/refusal.ts';
import { ask } from '../../http/ask.ts';
import { type Door, openDoor, TOKEN } from '../../mcp/door.ts';
import { succeeded } from '../../support/scripted-executor.ts';

const SURFACE = cronlyticSurface({});
const KEY = { authorization: '', 'x-api-key': TOKEN, 'x-user-id': 'somebody' };

let door: Door;
beforeEach(async () => {
  door = await openDoor({}, { surfaces: [SURFACE] });
});
afterEach(() => door.close());

async function call(name: string, given: JsonObject = {}): Promise<string> {
  const tool = SURFACE.tools.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`There is no tool ${name}.`);
  const services = door.bench.as(owner('claude 1.0', SURFACE.namespace));
  const about = { signal: new AbortController().signal } as ToolCall;
  const result = await (async () => {
    try {
      const answer = await tool.call(services, given, about);
      if (answer instanceof Question) throw new Error('This surface asks nothing.');
      return SURFACE.encode(tool, answer);
    } catch (error) {
      if (error instanceof Refusal) return SURFACE.refuse(tool, error);
      throw error;
    }
  })();
  expect(result.isError).toBeUndefined();
  const [block] = result.content;
  return block?.type === 'text' ? block.text : '';
}

const JOB = {
  name: 'ping',
  url: 'https://example.org/hook',
  method: 'post',
  headers: { 'X-A': ' 1 ' },
  body: '{"a":1}',
  cron_expression: '*/5 * * * *',
};

async function made(): Promise<string> {
  const { body, status } = await ask(door, 'POST', '/prog/jobs', JOB, KEY);
  expect(status).toBe(200);
  return body['job_id'] as string;
}

describe('the profile cronlytic', () => {
  it('serves the REST contract of the older service to who sends a key', async () => {
    expect(await ask(door, 'GET', '/prog/ping', undefined, { authorization: '' })).toMatchObject({
      status: 200,
      body: { message: 'pong' },
    });
    for (const key of ['', 'wrong']) {
      const headers = { authorization: '', 'x-api-key': key };
      expect(await ask(door, 'GET', '/prog/jobs', undefined, headers)).toMatchObject({
        status: 401,
        body: { detail: expect.any(String) },
      });
    }
    const id = await made();
    expect((await ask(door, 'GET', `/prog/jobs/${id}`, undefined, KEY)).body).toEqual({
      job_id: id,
      user_id: '00000000-0000-0000-0000-000000000000',
      ...JOB,
      method: 'POST',
      headers: { 'X-A': '1' },
      status: 'pending',
      last_run_at: null,
      next_run_at: '2026-11-02T08:05:00Z',
    });
    const paused = await ask(door, 'POST', `/prog/jobs/${id}/pause`, undefined, KEY);
    expect(paused.body).toMatchObject({ status: 'paused', next_run_at: null });
    await ask(door, 'POST', `/prog/jobs/${id}/resume`, undefined, KEY);
    door.bench.clock.advance(300_000);
    await door.bench.plan();
    const [claim] = await door.bench.take();
    if (claim === undefined) throw new Error('No run was queued.');
    await door.bench.finish(claim, succeeded());
    expect((await ask(door, 'GET', `/prog/jobs/${id}/logs`, undefined, KEY)).body).toMatchObject({
      job_id: id,
      logs: [{ timestamp: '2026-11-02T08:05:00Z', status: 'success', error_message: '' }],
    });
    const replaced = { ...JOB, name: 'other', cron_expression: '0 0 * * 0' };
    expect((await ask(door, 'PUT', `/prog/jobs/${id}`, replaced, KEY)).body).toMatchObject({
      name: 'other',
      status: 'success',
      next_run_at: '2026-11-08T00:00:00Z',
    });
    expect((await ask(door, 'DELETE', `/prog/jobs/${id}`, undefined, KEY)).body).toEqual({
      deleted: true,
    });
    expect((await ask(door, 'GET', `/prog/jobs/${id}`, undefined, KEY)).status).toBe(404);
  });

  it.each([
    { ...JOB, name: 'no blanks' },
    { ...JOB, cron_expression: '@daily' },
    { ...JOB, cron_expression: '0 0 31 2 *' },
    { ...JOB, method: 'BREW' },
    { ...JOB, url: 'ftp://example.org' },
  ])('refuses what cannot be: %j', async (job) => {
    expect(await ask(door, 'POST', '/prog/jobs', job, KEY)).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body'] }] },
    });
  });

  it('answers its tools in Markdown, failures too', async () => {
    expect(await call('create_job', JOB)).toMatch(/^# Job Creation Result\n✅ \*\*Success\*\*/);
    const list = await call('list_jobs');
    expect(list).toContain('### 1. ping ⏳');
    const [, id = ''] = /\*\*ID\*\*: (\S+)/.exec(list) ?? [];
    const job = { job_id: id };
    expect(await call('get_job', job)).toContain('`*/5 * * * *`');
    expect(await call('pause_job', job)).toContain('**Status**: paused');
    expect(await call('list_jobs', { include_paused: false })).toContain('No Jobs Found');
    expect(await call('resume_job', job)).toContain('**Status**: pending');
    expect(await call('get_job_logs', job)).toContain('No Execution Logs Found');
    expect(await call('delete_job', job)).toContain('## Confirmation Required');
    expect(await call('delete_job', { ...job, confirm: true })).toContain('**Deleted**: yes');
    expect(await call('get_job', job)).toMatch(/❌ \*\*Error\*\*/);
    expect(await call('health_check')).toContain('**Job Count**: 0');
  });

  it('checks a schedule, and says where an address cannot be tried', async () => {
    expect(await call('validate_cron', { cron_expression: '0 9 * * *' })).toContain(
      '- 2026-11-02T09:00:00Z',
    );
    expect(await call('validate_cron', { cron_expression: 'daily' })).toContain('❌');
    expect(await call('test_webhook', { url: 'https://example.org/' })).toContain('❌');
  });

  it('offers the eighteen prompts, with what the caller says about them', () => {
    expect(SURFACE.prompts).toHaveLength(18);
    const prompt = SURFACE.prompts.find(({ name }) => name === 'webhook_testing_guide');
    expect(prompt?.write({ webhook_url: 'https://x.example/"' })).toContain(
      'webhook url: "https://x.example/\\""',
    );
  });
});
