import { describe, expect, it } from 'vitest';
import { plainAgent, type Action } from '../../../src/domain/action.ts';
import {
  FOR_EVERYTHING,
  isHostPattern,
  narrowedGrants,
  refusedUse,
  widenedGrants,
} from '../../../src/domain/secrets/secret-grants.ts';

const COMMAND: Action = {
  kind: 'command',
  program: { kind: 'argv', argv: ['true'] },
  cwd: undefined,
  env: {},
  stdin: undefined,
};

function http(url: string): Action {
  return { kind: 'http', method: 'GET', url, headers: {}, body: undefined, expectedStatus: [] };
}

const AGENT: Action = { ...plainAgent('claude', 'hi', undefined), mcpServers: { mail: {} } };

function why(given: Partial<typeof FOR_EVERYTHING>, action: Action = COMMAND) {
  const use = { taskId: 'task_1', taskName: 'report', namespace: 'native', action };
  return refusedUse({ name: 'KEY', grants: { ...FOR_EVERYTHING, ...given } }, use);
}

describe('a secret', () => {
  it('that names nothing is for every task', () => {
    for (const action of [COMMAND, AGENT, http('https://example.org')]) {
      expect(why({}, action)).toBeUndefined();
    }
  });

  it('that names tasks is for these, by id or name', () => {
    expect(why({ tasks: ['report'] })).toBeUndefined();
    expect(why({ tasks: ['task_1'] })).toBeUndefined();
    for (const tasks of [['Report'], ['report2'], ['task_2', '']]) {
      expect(why({ tasks })).toContain('granted to others');
    }
  });

  it('that names servers is for agents that have one of them', () => {
    expect(why({ servers: ['mail'] }, AGENT)).toBeUndefined();
    expect(why({ servers: ['web'], tasks: ['report'] }, AGENT)).toBeUndefined();
    expect(why({ servers: ['web'] }, AGENT)).toContain('others');
    expect(why({ servers: ['toString'] }, AGENT)).toContain('others');
    expect(why({ servers: ['mail'] })).toContain('others');
  });

  it.each([
    ['api.example.org', 'https://api.example.org/x', true],
    ['API.example.org', 'https://Api.Example.ORG/x', true],
    ['api.example.org', 'https://api.example.org:8443/x', true],
    ['api.example.org:443', 'https://api.example.org/x', true],
    ['api.example.org:8443', 'https://api.example.org/x', false],
    ['*.example.org', 'https://a.b.example.org/', true],
    ['*.example.org', 'https://example.org/', false],
    ['example.org', 'https://evilexample.org/', false],
    ['*.example.org', 'https://evilexample.org/', false],
    ['example.org', 'https://example.org.evil.net/', false],
    ['example.org', 'https://evil.net/?example.org', false],
    ['example.org', 'https://evil.net\\@example.org/', false],
    ['[::1]', 'http://[::1]:8080/', true],
  ])('for the host %j goes to %j: %s', (host, url, goes) => {
    expect(why({ hosts: [host] }, http(url)) === undefined).toBe(goes);
  });

  it('that names hosts is for requests only, also of a task that it names', () => {
    for (const action of [COMMAND, AGENT]) {
      expect(why({ hosts: ['example.org'], tasks: ['report'] }, action)).toContain('watched');
    }
  });

  it('that names tasks and hosts wants both', () => {
    const grants = { tasks: ['report'], hosts: ['example.org'] };
    expect(why(grants, http('https://example.org'))).toBeUndefined();
    expect(why({ ...grants, tasks: ['other'] }, http('https://example.org'))).toContain('others');
    expect(why(grants, http('https://example.net'))).toContain('"example.net"');
  });

  it('knows where the requests of models go, except those that depend on a region', () => {
    const model = (provider: 'openai' | 'bedrock', baseUrl?: string): Action => ({
      kind: 'model',
      provider,
      model: 'm',
      prompt: 'p',
      baseUrl,
      apiKey: undefined,
      systemText: undefined,
      temperature: undefined,
      outputTokensMax: undefined,
      answerSchema: undefined,
      files: [],
    });
    expect(why({ hosts: ['api.openai.com'] }, model('openai'))).toBeUndefined();
    expect(why({ hosts: ['api.openai.com'] }, model('openai', 'http://x.test/v1'))).toContain(
      'x.test',
    );
    expect(why({ hosts: ['*.amazonaws.com'] }, model('bedrock'))).toContain('not known');
  });
});

it('widens and narrows grants without naming anything twice', () => {
  const grants = { tasks: ['a'], servers: [], hosts: ['x.test'] };
  const more = widenedGrants(grants, { tasks: ['a', 'b'], servers: ['s'], hosts: [] });
  expect(more).toEqual({ tasks: ['a', 'b'], servers: ['s'], hosts: ['x.test'] });
  expect(narrowedGrants(more, { tasks: ['a'], servers: ['s'], hosts: ['y.test'] })).toEqual({
    tasks: ['b'],
    servers: [],
    hosts: ['x.test'],
  });
});

it.each([
  ['example.org', true],
  ['*.example.org', true],
  ['localhost:8080', true],
  ['127.0.0.1', true],
  ['[::1]:80', true],
  ['*', false],
  ['*.*.org', false],
  ['https://example.org', false],
  ['example.org/path', false],
  ['user@example.org', false],
  ['', false],
  ['example .org', false],
])('reads %j as a host: %s', (text, isHost) => {
  expect(isHostPattern(text)).toBe(isHost);
});
