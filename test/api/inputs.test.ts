import { describe, expect, it } from 'vitest';
import { actionInput, toAction } from '../../src/api/action-input.ts';
import { summarizeAction, viewAction } from '../../src/api/action-view.ts';
import { HIDDEN } from '../../src/api/hidden-values.ts';
import { parseInstantInput } from '../../src/api/instant-input.ts';
import { toPoliciesDraft } from '../../src/api/policies-input.ts';
import { toTaskDraft, toTaskEdit } from '../../src/api/task-input.ts';
import { relativeTo, timeIn } from '../../src/api/times.ts';
import { toWhenInput, toWhenOptions } from '../../src/api/when-input.ts';

const NOW = Temporal.Instant.from('2026-11-21T12:00:00Z');

describe('an action', () => {
  it.each([
    [{ kind: 'command', argv: ['git', 'log'], env: { TOKEN: { secret: 'GIT' }, A: 'b' } }],
    [{ kind: 'command', command: 'ls | wc', cwd: '/srv', stdin: 'x' }],
    [
      {
        kind: 'http',
        method: 'GET',
        url: 'https://example.com',
        expected_status: ['200', '301-308'],
      },
    ],
    [
      {
        kind: 'agent',
        engine: 'claude',
        prompt: '--not-a-flag "$(x)"',
        cwd: '/srv',
        model: 'sonnet',
        fallback_model: 'haiku',
        allowed_tools: ['Read', 'Bash(git log:*)'],
        denied_tools: ['WebFetch'],
        mcp_servers: { tracker: { command: 'npx', args: ['tracker'], env: { MODE: 'x' } } },
        permission_mode: 'plan',
        flags: ['--add-dir', '/srv/docs'],
        system_text: 'Be brief.',
        answer_schema: { type: 'object' },
        session: { mode: 'resume', tokens_max: 100_000 },
        env: { A: 'b', TOKEN: { secret: 'T' } },
      },
    ],
    [{ kind: 'agent', engine: 'codex', prompt: 'x', session: 'last_result' }],
    [
      {
        kind: 'model',
        provider: 'openai_compatible',
        model: 'llama3',
        prompt: 'x',
        base_url: 'http://127.0.0.1:11434/v1',
        api_key: { secret: 'KEY' },
        system_text: 'Be brief.',
        temperature: 0.5,
        max_tokens: 500,
        answer_schema: { type: 'object' },
        files: ['/srv/a.png'],
      },
    ],
    [{ kind: 'model', provider: 'google', model: 'm', prompt: 'x', api_key: { variable: 'K' } }],
    [
      {
        kind: 'message',
        endpoint: 'https://example.com/in',
        method: 'PUT',
        text: '{}',
        headers: { A: 'b' },
        content_type: 'application/json',
        info: { ticket: 7 },
      },
    ],
    [{ kind: 'reminder', title: 'Tea', body: 'Now.', channels: ['desktop'], sound: 'none' }],
  ])('is shown as it was written: %j', (written) => {
    const shown = viewAction(toAction(actionInput.parse(written), undefined));
    expect(shown).toMatchObject(written);
  });

  it('hides values that look like secrets, and takes none of the marks back', () => {
    const action = toAction(
      actionInput.parse({
        kind: 'http',
        url: 'https://example.com',
        headers: { Authorization: 'Bearer abc', accept: '*/*', 'x-api-key': 'def' },
      }),
      undefined,
    );
    const shown = viewAction(action);
    expect(shown).toMatchObject({
      headers: { Authorization: HIDDEN, accept: '*/*', 'x-api-key': HIDDEN },
    });
    expect(() => toAction(actionInput.parse({ ...shown, body: 'x' }), undefined)).toThrow(
      '"headers.Authorization"',
    );
  });

  it('hides what looks like a secret in the MCP servers of an agent', () => {
    const shown = viewAction(
      toAction(
        actionInput.parse({
          kind: 'agent',
          engine: 'claude',
          prompt: 'x',
          mcp_servers: { t: { url: 'https://t', headers: { Authorization: 'Bearer abc' } } },
        }),
        undefined,
      ),
    );
    expect(JSON.stringify(shown)).not.toContain('abc');
    expect(() => toAction(actionInput.parse(withoutNulls(shown)), undefined)).toThrow(
      '"mcp_servers.t.headers.Authorization" is "[hidden]"',
    );
  });

  it('takes no key in the open, and repeats none', () => {
    const input = actionInput.parse({
      kind: 'model',
      provider: 'openai',
      model: 'gpt-5',
      prompt: 'x',
      api_key: 'sk-very-secret',
    });
    expect(() => toAction(input, undefined)).toThrow('Store it as a secret');
    expect(() => toAction(input, undefined)).not.toThrow('sk-very-secret');
  });

  it.each([
    [{ kind: 'agent', engine: 'claude', prompt: 'Look\n at it' }, 'agent claude: Look at it'],
    [{ kind: 'model', provider: 'openai', model: 'gpt-5', prompt: 'Sum' }, 'model gpt-5: Sum'],
    [{ kind: 'message', endpoint: 'https://a/b', text: 'Hi' }, 'message to https://a/b: Hi'],
    [{ kind: 'reminder', title: 'Tea' }, 'reminder: Tea'],
  ])('is summed up in few words: %j', (written, words) => {
    expect(summarizeAction(toAction(actionInput.parse(written), undefined))).toBe(words);
  });

  it('is told apart by one short line', () => {
    const action = toAction(
      actionInput.parse({ kind: 'command', command: `echo\n${'x'.repeat(200)}` }),
      undefined,
    );
    expect(summarizeAction(action)).toMatch(/^echo x{75}…$/);
  });

  it.each([
    ['/', undefined, undefined],
    ['/home/ada', undefined, '/home/ada'],
    ['/home/ada', 'docs', '/home/ada/docs'],
    ['/home/ada', '~/docs', '~/docs'],
    ['/home/ada', '/srv', '/srv'],
    [undefined, 'docs', 'docs'],
  ])('of a client at %j in the folder %j works in %j', (client, cwd, expected) => {
    const action = toAction(actionInput.parse({ kind: 'command', command: 'ls', cwd }), client);
    expect(action).toMatchObject({ cwd: expected });
  });
});

describe('policies', () => {
  it('are only those that were named', () => {
    expect(toPoliciesDraft({})).toBeUndefined();
    expect(
      toPoliciesDraft({
        retry: { attempts: 2, backoff: 'PT5S' },
        deadline: '1h30m',
        catch_up: 'all',
      }),
    ).toEqual({
      retry: { attemptsMax: 2, backoffMs: 5_000 },
      deadlineMs: 5_400_000,
      catchUp: { mode: 'all' },
    });
  });
});

describe('when', () => {
  it.each([[{}], [{ anchor: '2026-01-01' }], [{ once: 'x', cron: 'y' }]])(
    'is refused without exactly one rule: %j',
    (when) => {
      expect(() => toWhenInput(when)).toThrow('exactly one');
    },
  );

  it('passes on a rule with what belongs to it', () => {
    expect(toWhenInput({ every: '15m', anchor: '2026-01-01' })).toEqual({
      every: '15m',
      anchor: '2026-01-01',
    });
    expect(toWhenOptions({})).toBeUndefined();
    expect(toWhenOptions({ blackouts: [{ from: '22:00', to: '06:00' }], runs_max: 3 })).toEqual({
      blackouts: [{ from: '22:00', to: '06:00' }],
      runsMax: 3,
    });
  });
});

describe('an edit', () => {
  it('holds nothing that was not named', () => {
    expect(toTaskEdit({})).toEqual({});
    expect(toTaskEdit({ remove_schedule: false, tags: [] })).toEqual({ tags: [] });
    expect(toTaskEdit({ remove_schedule: true, revision: 4 })).toEqual({
      removesSchedule: true,
      revision: 4,
    });
  });

  it('and a draft say the same in the words of the service', () => {
    expect(
      toTaskDraft({
        name: 'x',
        action: { kind: 'command', argv: ['true'] },
        when: 'daily',
        timezone: 'UTC',
        paused: true,
        idempotency_key: 'k',
      }),
    ).toMatchObject({ name: 'x', when: 'daily', zone: 'UTC', isPaused: true, idempotencyKey: 'k' });
  });
});

describe('an instant that bounds a query', () => {
  it.each([
    ['2026-11-20T00:00:00+01:00', '2026-11-19T23:00:00Z'],
    ['2026-11-20', '2026-11-19T23:00:00Z'],
    ['2026-11-20T07:00', '2026-11-20T06:00:00Z'],
    ['24h', '2026-11-20T12:00:00Z'],
    ['90 minutes ago', '2026-11-21T10:30:00Z'],
  ])('%s is %s', (text, expected) => {
    expect(parseInstantInput('since', text, 'Europe/Berlin', NOW).toString()).toBe(expected);
  });

  it.each(['', 'yesterdayish', '2026-13-01', '7'])('%j is refused under its name', (text) => {
    expect(() => parseInstantInput('since', text, 'Europe/Berlin', NOW)).toThrow('"since"');
  });
});

describe('times', () => {
  it('carry the offset that their zone has then', () => {
    expect(timeIn('Europe/Berlin', NOW)).toBe('2026-11-21T13:00:00+01:00');
    expect(timeIn('Asia/Kolkata', NOW)).toBe('2026-11-21T17:30:00+05:30');
    expect(timeIn('UTC', NOW)).toBe('2026-11-21T12:00:00+00:00');
  });

  it.each([
    [0, 'now'],
    [45_000, 'in 45s'],
    [-90_000, '2m ago'],
    [2 * 3_600_000, 'in 2h'],
    [26.4 * 3_600_000, 'in 1d2h'],
    [-12 * 86_400_000, '12d ago'],
  ])('%d ms from now are %s', (ms, words) => {
    expect(relativeTo(NOW, NOW.add({ milliseconds: ms }))).toBe(words);
  });
});

function withoutNulls(shown: object): object {
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== null));
}
