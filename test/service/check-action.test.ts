import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/domain/action.ts';
import { checkAction } from '../../src/service/check-action.ts';
import { actionOf } from '../support/actions.ts';

const HOME = '/home/ada';
const LONG = 'x'.repeat(1_048_577);

describe('an action is refused', () => {
  it.each<readonly [string, Action]>([
    ['"Claude!" is not the name of an engine', actionOf('agent', { engine: 'Claude!' })],
    ['The prompt is empty', actionOf('agent', { prompt: ' \n' })],
    ['The prompt has 1048577 characters; the most is 1048576', actionOf('agent', { prompt: LONG })],
    ['"model" is "--x"', actionOf('agent', { model: '--x' })],
    ['"fallback_model" is ""', actionOf('agent', { fallbackModel: '' })],
    ['A tool in "allowed_tools" is "-v"', actionOf('agent', { allowedTools: ['Read', '-v'] })],
    [
      'There are 101 denied_tools; the most is 100',
      actionOf('agent', { deniedTools: Array.from({ length: 101 }, () => 'Bash') }),
    ],
    ['"a b" in "mcp_servers" is no server', actionOf('agent', { mcpServers: { 'a b': {} } })],
    [
      '"mcp_servers" has 65549 characters',
      actionOf('agent', { mcpServers: { a: { x: 'y'.repeat(65_535) } } }),
    ],
    ['"--x" is not a permission mode', actionOf('agent', { permissionMode: '--x' })],
    ['A flag holds a NUL', actionOf('agent', { flags: ['a\0'] })],
    ['The system text has 30001', actionOf('agent', { systemText: 'x'.repeat(30_001) })],
    ['"session.tokens_max" is 0', actionOf('agent', { session: { mode: 'resume', tokensMax: 0 } })],
    ['"a/b" is not an absolute path', actionOf('agent', { cwd: 'a/b' })],
    ['"1A" is not the name of a variable', actionOf('agent', { env: { '1A': text('x') } })],
    ['The prompt is empty', actionOf('model', { prompt: '' })],
    ['needs "base_url"', actionOf('model', { provider: 'openai_compatible' })],
    ['is not an address', actionOf('model', { baseUrl: 'file:///etc' })],
    ['is not the name of a secret', actionOf('model', { apiKey: { kind: 'secret', secret: '-' } })],
    [
      '"MASTER_KEY" may not be used as a key',
      actionOf('model', { apiKey: { kind: 'variable', variable: 'MASTER_KEY' } }),
    ],
    ['"temperature" is 3. Write a number from 0 to 2', actionOf('model', { temperature: 3 })],
    ['"max_tokens" is 0.5. Write a whole number', actionOf('model', { outputTokensMax: 0.5 })],
    ['"x.png" is not an absolute path', actionOf('model', { files: ['x.png'] })],
    ['user name or password', actionOf('message', { endpoint: 'https://a:b@c/' })],
    ['is not an HTTP method', actionOf('message', { method: 'PO ST' })],
    ['"text" is not a content type', actionOf('message', { contentType: 'text' })],
    ['is not a content type', actionOf('message', { contentType: 'text/plain\r\nX: y' })],
    ['holds a line break', actionOf('message', { headers: { A: text('x\r\ny') } })],
    ['is set by the connection', actionOf('message', { headers: { 'Content-Length': text('1') } })],
    ['The text has 1048577', actionOf('message', { text: LONG })],
    ['The title is empty', actionOf('reminder', { title: '' })],
    ['The body has 10001', actionOf('reminder', { body: 'x'.repeat(10_001) })],
    ['"a b" is not the name of a channel', actionOf('reminder', { channels: ['a b'] })],
    ['is not the name of a sound', actionOf('reminder', { sound: '../x' })],
    ['There is no "nobody"', actionOf('reminder', { body: '{{nobody}}' })],
  ])('with "%s"', (message, action) => {
    expect(() => checkAction(action, HOME, 'native')).toThrow(message);
  });
});

describe('an action in its normal form', () => {
  it('has whole paths, methods in capitals and each channel once', () => {
    expect(checkAction(actionOf('agent', { cwd: '~/src' }), HOME, 'native')).toMatchObject({
      cwd: '/home/ada/src',
    });
    expect(checkAction(actionOf('model', { files: ['~/a.png'] }), HOME, 'native')).toMatchObject({
      files: ['/home/ada/a.png'],
    });
    expect(checkAction(actionOf('message', { method: 'put' }), HOME, 'native')).toMatchObject({
      method: 'PUT',
    });
    expect(
      checkAction(actionOf('reminder', { channels: ['a', 'b', 'a'] }), HOME, 'native'),
    ).toMatchObject({ channels: ['a', 'b'] });
  });

  it('of an older system means its braces as they are', () => {
    const action = actionOf('http', { body: '{{nobody}} {{payload.x}}' });
    expect(checkAction(action, HOME, 'mcp-scheduler')).toMatchObject({ body: action.body });
    expect(() => checkAction(action, HOME, 'native')).toThrow('nobody');
  });
});

function text(value: string): { readonly kind: 'text'; readonly text: string } {
  return { kind: 'text', text: value };
}
