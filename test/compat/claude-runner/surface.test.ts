import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claudeRunnerSurface } from '../../../src/compat/claude-runner/surface.ts';
import { toLiteral, toTemplate } from '../../../src/compat/claude-runner/prompt-template.ts';
import { Question, type ToolCall } from '../../../src/api/tool.ts';
import type { Json, JsonObject } from '../../../src/domain/json.ts';
import { owner } from '../../../src/domain/principal.ts';
import { Refusal } from '../../../src/domain/refusal.ts';
import { parseTemplate } from '../../../src/domain/templates/parse-template.ts';
import { renderTemplate } from '../../../src/domain/templates/render-template.ts';
import { type Door, openDoor } from '../../mcp/door.ts';
import { ask } from '../../http/ask.ts';
import { succeeded } from '../../support/scripted-executor.ts';

const SURFACE = claudeRunnerSurface({ publicUrl: 'https://hooks.example/' });

let door: Door;
beforeEach(async () => {
  door = await openDoor({}, { surfaces: [SURFACE] });
});
afterEach(() => door.close());

/** A call as the MCP door makes it; the JSON of its one text block. */
async function call(name: string, given: JsonObject = {}): Promise<Json> {
  const tool = SURFACE.tools.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`There is no tool ${name}.`);
  const services = door.bench.as(owner('claude 1.0', SURFACE.namespace));
  const about = { zone: 'UTC' } as ToolCall;
  const result = await (async () => {
    try {
      const answer = await tool.call(services, SURFACE.prepareArguments(tool, given), about);
      if (answer instanceof Question) throw new Error('This surface asks nothing.');
      return SURFACE.encode(tool, answer);
    } catch (error) {
      if (error instanceof Refusal) return SURFACE.refuse(tool, error);
      throw error;
    }
  })();
  expect(result.isError).toBeUndefined();
  const [block] = result.content;
  return JSON.parse(block?.type === 'text' ? block.text : '') as Json;
}

const JOB = { name: 'news', cron: '0 7 * * *', prompt: 'Read {{payload.x}} and {{this}}' };

describe('the profile claude-runner', () => {
  it('lists the thirty tools of the older system in their order', () => {
    expect(SURFACE.tools).toHaveLength(30);
    expect(SURFACE.tools.slice(0, 14).map(({ name }) => name)).toEqual([
      'list_jobs',
      'get_job',
      'create_job',
      'update_job',
      'delete_job',
      'trigger_job',
      'list_runs',
      'get_run',
      'kill_run',
      'create_webhook',
      'list_webhooks',
      'get_webhook',
      'update_webhook',
      'delete_webhook',
    ]);
    for (const { inputJson } of SURFACE.tools) {
      expect(inputJson).toMatchObject({ type: 'object', additionalProperties: false });
    }
  });

  it('carries a job through its life', async () => {
    const made = (await call('create_job', JOB)) as JsonObject;
    expect(made).toEqual({ success: true, job_id: expect.stringMatching(/^[0-9a-f]{8}$/) });
    const id = { job_id: made['job_id'] as string };
    expect(await call('get_job', id)).toEqual({
      id: id.job_id,
      ...JOB,
      command: 'claude',
      tools: '[]',
      environment: '{}',
      timeout_minutes: 30,
      enabled: 1,
      created_at: '2026-11-02T08:00:00.000000+00:00',
      updated_at: '2026-11-02T08:00:00.000000+00:00',
      last_executed_at: null,
      last_error: null,
    });
    expect(await call('update_job', { ...id, enabled: false, timeout_minutes: 5 })).toEqual({
      success: true,
    });
    expect(await call('list_jobs')).toMatchObject([{ enabled: 0, timeout_minutes: 5 }]);
    const started = (await call('trigger_job', id)) as JsonObject;
    const run = { run_id: started['run_id'] as string };
    expect(await call('get_run', run)).toMatchObject({
      id: run.run_id,
      job_id: id.job_id,
      prompt: JOB.prompt,
      state: 'pending',
      exit_code: null,
      webhook_id: null,
    });
    const [claim] = await door.bench.take();
    if (claim === undefined) throw new Error('No run was queued.');
    await door.bench.finish(claim, succeeded());
    expect(await call('list_runs', { job_id: id.job_id })).toMatchObject([
      { id: run.run_id, state: 'finished', exit_code: 0 },
    ]);
    expect(await call('kill_run', run)).toMatchObject({ success: false });
    expect(await call('delete_job', id)).toEqual({ success: true });
    expect(await call('delete_job', id)).toEqual({ success: false });
    expect(await call('get_job', id)).toEqual({ error: 'Job not found' });
  });

  it('answers an error where a schedule cannot be', async () => {
    expect(await call('create_job', { ...JOB, cron: 'nonsense' })).toEqual({
      error: expect.stringContaining('cron expression'),
    });
  });

  it('runs a prompt with what is posted to the address of a webhook', async () => {
    const made = (await call('create_webhook', {
      name: 'issue',
      prompt_template: 'Look at {{payload.issue.title}}',
    })) as JsonObject;
    const url = made['url'] as string;
    expect(url).toMatch(/^https:\/\/hooks\.example\/webhook\/[0-9a-f]{32}$/);
    const { pathname } = new URL(url);
    const body = { issue: { title: 'It broke' } };
    const told = await ask(door, 'POST', pathname, body, { authorization: '' });
    expect(told).toMatchObject({
      status: 200,
      body: { success: true, webhook_id: made['webhook_id'] },
    });
    expect(await call('get_run', { run_id: told.body['run_id'] as string })).toMatchObject({
      webhook_id: made['webhook_id'],
      prompt: 'Look at {{payload.issue.title}}',
      state: 'pending',
    });
    expect(await call('list_runs', { webhook_id: made['webhook_id'] as string })).toHaveLength(1);
    expect(await call('list_webhooks')).toMatchObject([
      { trigger_count: 1, enabled: 1, prompt_template: 'Look at {{payload.issue.title}}', url },
    ]);
    expect(await call('list_jobs')).toEqual([]);
    const id = { webhook_id: made['webhook_id'] as string };
    expect(await call('update_webhook', { ...id, enabled: false })).toEqual({ success: true });
    expect(await ask(door, 'POST', pathname, body)).toMatchObject({
      status: 404,
      body: { error: 'Webhook not found' },
    });
    expect(await call('delete_webhook', id)).toEqual({ success: true });
    expect(await call('get_webhook', id)).toEqual({ error: 'Webhook not found' });
  });

  it('says clearly which of its tools run no code here', async () => {
    for (const [tool, given] of [
      ['create_mcp_server', { name: 'x', code: 'y' }],
      ['set_server_credential', { server_name: 'x', var_name: 'y', value: 'z' }],
      ['invoke_internal_mcp_tool', { tool: 'a.b' }],
    ] as const) {
      expect(await call(tool, given)).toEqual({ error: expect.stringContaining('not served') });
    }
    expect(await call('list_dynamic_mcp_servers')).toEqual({ servers: [], count: 0 });
  });

  it('serves the routes of the older dashboard to whoever has the token', async () => {
    expect((await ask(door, 'GET', '/api/jobs', undefined, { authorization: '' })).status).toBe(
      401,
    );
    const made = await ask(door, 'POST', '/api/jobs', { ...JOB, tools: ['Read'] });
    expect(made).toMatchObject({ status: 200, body: { success: true } });
    expect((await ask(door, 'GET', '/api/jobs')).body).toMatchObject([{ tools: '["Read"]' }]);
    const quick = await ask(door, 'POST', '/api/run-prompt', { prompt: 'hello' });
    expect(quick.status).toBe(200);
    const run = await ask(door, 'GET', `/api/run/${String(quick.body['run_id'])}`);
    expect(run.body).toMatchObject({ prompt: 'hello', job_id: quick.body['job_id'] });
    expect((await ask(door, 'GET', '/api/run/00000000')).status).toBe(404);
    expect((await ask(door, 'GET', '/api/stats')).body).toMatchObject({ total_runs: 1 });
    expect((await ask(door, 'GET', '/api/settings')).body).toMatchObject({
      webhook_base_url: 'https://hooks.example',
    });
  });
});

describe('a template of the older system', () => {
  const filled = (text: string) =>
    renderTemplate(
      parseTemplate(text, '"prompt"'),
      { values: { payload: { a: { b: 'value', 'x.y': 1 } } }, mark: 'm' },
      'text',
    );

  it.each([
    ['{{payload.a.b}}', 'value'],
    ['{{payload.a.x.y}}', '1'],
    ['{{payload.missing}}', '{{payload.missing}}'],
    ['{{ payload.a.b }}', '{{ payload.a.b }}'],
    ['{{other}} {{.Names}} {{{payload.a.b}}}', '{{other}} {{.Names}} {{{payload.a.b}}}'],
    [String.raw`\{{x}} \{{payload.a.b}}`, String.raw`\{{x}} \{{payload.a.b}}`],
    ['{{payload.a', '{{payload.a'],
  ])('%s becomes %s', (text, expected) => {
    expect(filled(toTemplate(text))).toBe(expected);
  });

  it.each(['{{payload.a.b}}', '{{{{', String.raw`\{{x`, '{{run.id}}'])(
    'leaves %s alone in the prompt of a job',
    (text) => {
      expect(filled(toLiteral(text))).toBe(text);
    },
  );
});
