import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import { checkTemplates } from '../../../src/domain/templates/check-templates.ts';
import { asksFor, fillIn } from '../../../src/domain/templates/fill-in.ts';
import { withPayload } from '../../../src/domain/templates/payload-variables.ts';
import { actionOf } from '../../support/actions.ts';

const PAYLOAD = '{{payload.x}}';

describe('a placeholder is refused when a task is saved', () => {
  it.each<readonly [string, Action]>([
    ['"command"', actionOf('command', { program: { kind: 'shell', text: `echo ${PAYLOAD}` } })],
    [
      '"command"',
      actionOf('command', { program: { kind: 'shell', text: 'echo {{scheduled_for}}' } }),
    ],
    ['"argv[0]"', actionOf('command', { program: { kind: 'argv', argv: ['{{task.name}}'] } })],
    ['"argv[2]"', actionOf('command', { program: { kind: 'argv', argv: ['a', 'b', PAYLOAD] } })],
    ['"cwd"', actionOf('command', { cwd: '/srv/{{task.name}}' })],
    ['"stdin"', actionOf('command', { stdin: '{{last.result}}' })],
    ['"env.A"', actionOf('command', { env: { A: { kind: 'text', text: PAYLOAD } } })],
    ['scheme and host of url', actionOf('http', { url: `https://${PAYLOAD}/x` })],
    ['scheme and host of url', actionOf('http', { url: `https:/${PAYLOAD}/x` })],
    ['scheme and host of url', actionOf('http', { url: `https:/\t/${PAYLOAD}/x` })],
    ['scheme and host of url', actionOf('http', { url: `https://a.${PAYLOAD}:80/` })],
    ['scheme and host of endpoint', actionOf('message', { endpoint: `${PAYLOAD}://a/x` })],
    [
      'a name in env or headers',
      actionOf('http', { headers: { '{{task.name}}': { kind: 'text', text: 'x' } } }),
    ],
    ['"system_text"', actionOf('agent', { systemText: PAYLOAD })],
    ['"system_text"', actionOf('model', { systemText: '{{last.result}}' })],
    ['"flags[0]"', actionOf('agent', { flags: ['--x={{payload.x}}'] })],
    ['"flags[0]"', actionOf('agent', { flags: ['{{run.id}}'] })],
    ['the name of flags[0]', actionOf('agent', { flags: ['--{{task.name}}=x'] })],
    ['"cwd"', actionOf('agent', { cwd: '/srv/{{run.id}}' })],
    ['"base_url"', actionOf('model', { baseUrl: 'http://h/{{run.id}}' })],
    ['"files"', actionOf('model', { files: ['/srv/{{run.id}}'] })],
  ])('in %s', (place, action) => {
    expect(() => checkTemplates(action)).toThrow(place);
  });

  it.each<readonly [string, Action]>([
    ['"prompt"', actionOf('agent', { prompt: '{{secret.x}}' })],
    ['"prompt"', actionOf('model', { prompt: '{{secret.x}}' })],
    ['"title"', actionOf('reminder', { title: '{{secret.x}}' })],
    ['"text"', actionOf('message', { text: '{{secret.x}}' })],
    ['"body"', actionOf('http', { body: '{{secret.x}}' })],
    ['"headers.A"', actionOf('http', { headers: { A: { kind: 'text', text: '{{secret.x}}' } } })],
  ])('with an unknown name in %s', (place, action) => {
    expect(() => checkTemplates(action)).toThrow(`There is no "secret.x" to put into ${place}`);
  });
});

describe('a placeholder is taken', () => {
  it.each<Action>([
    actionOf('command', { program: { kind: 'argv', argv: ['a', '--at={{scheduled_for}}'] } }),
    actionOf('command', { program: { kind: 'shell', text: "docker ps --format '{{.Names}}'" } }),
    actionOf('command', { env: { AT: { kind: 'text', text: '{{covers_since}}' } } }),
    actionOf('http', { url: `https://a/x/${PAYLOAD}?q=${PAYLOAD}#${PAYLOAD}`, body: PAYLOAD }),
    actionOf('agent', { prompt: PAYLOAD, systemText: 'It is {{scheduled_for}}.' }),
    actionOf('agent', { flags: ['--add-dir=/srv/{{run.id}}'] }),
    actionOf('reminder', { title: PAYLOAD, body: '{{last.result}}' }),
    actionOf('message', { text: PAYLOAD, headers: { A: { kind: 'text', text: PAYLOAD } } }),
  ])('where its value can do no harm: %j', (action) => {
    expect(() => checkTemplates(action)).not.toThrow();
  });
});

describe('an action with templates', () => {
  const values = { mark: 'm', values: { payload: { x: 'a"b c' }, task: { name: 'news' } } };

  it('is filled in as each of its texts is read', () => {
    const filled = fillIn(
      actionOf('http', {
        url: `https://example.org/{{task.name}}?q=${PAYLOAD}`,
        headers: {
          'Content-Type': { kind: 'text', text: 'application/json' },
          'X-News': { kind: 'text', text: PAYLOAD },
          'X-Key': { kind: 'secret', secret: 'KEY' },
        },
        body: `{"x":"${PAYLOAD}","y":{{json payload}}}`,
      }),
      values,
    );
    expect(filled).toMatchObject({
      url: 'https://example.org/news?q=a%22b%20c',
      headers: {
        'Content-Type': { text: 'application/json' },
        'X-News': { text: 'a"b c' },
        'X-Key': { kind: 'secret', secret: 'KEY' },
      },
      body: '{"x":"a\\"b c","y":{"x":"a\\"b c"}}',
    });
  });

  it.each([
    ['application/x-www-form-urlencoded', `x=${PAYLOAD}`, 'x=a%22b+c'],
    ['text/plain', `{"x": ${PAYLOAD}}`, '{"x": a"b c}'],
    ['application/vnd.x+json; charset=utf-8', `{"x": ${PAYLOAD}}`, '{"x": "a\\"b c"}'],
  ])(
    'writes values into a text of the type %s as such texts write them',
    (type, text, expected) => {
      const action = actionOf('message', { contentType: type, text });
      expect(fillIn(action, values).text).toBe(expected);
    },
  );

  it('tells whether it asks for an earlier run', () => {
    expect(asksFor(actionOf('agent', { prompt: '{{last.result}}' }), 'last')).toBe(true);
    expect(asksFor(actionOf('agent', { prompt: PAYLOAD }), 'last')).toBe(false);
  });
});

describe('the payload of a command', () => {
  it('is in variables and on standard input, where no shell reads it', () => {
    const payload = { a: { 'b-c': '$(x)', n: 1 }, nul: 'x\0y', none: null, list: ['z'] };
    const { env, stdin } = withPayload(actionOf('command', {}), payload);
    expect(stdin).toBe(JSON.stringify(payload));
    expect(env).toEqual({
      PAYLOAD: { kind: 'text', text: JSON.stringify(payload) },
      PAYLOAD_A_B_C: { kind: 'text', text: '$(x)' },
      PAYLOAD_A_N: { kind: 'text', text: '1' },
      PAYLOAD_LIST_0: { kind: 'text', text: 'z' },
    });
  });

  it('gives way to what the task says itself, and is bounded', () => {
    const own = actionOf('command', {
      stdin: 'mine',
      env: { PAYLOAD_A: { kind: 'text', text: 'b' } },
    });
    const payload = Object.fromEntries([
      ['a', 'theirs'],
      ['long', 'x'.repeat(40_000)],
      ...Array.from({ length: 500 }, (_, index) => [`k${String(index)}`, index] as const),
    ]);
    const { env, stdin } = withPayload(own, payload);
    expect(stdin).toBe('mine');
    expect(env['PAYLOAD_A']).toEqual({ kind: 'text', text: 'b' });
    expect(Object.keys(env)).toHaveLength(99);
  });
});
