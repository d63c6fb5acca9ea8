import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  carillon,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';

let folder: string;
let daemon: RealDaemon;

beforeAll(async () => {
  folder = temporaryFolder();
  daemon = await startDaemon(join(folder, 'data'));
}, 30_000);

afterAll(async () => {
  await daemon.kill('SIGKILL');
  removeFolder(folder);
});

async function said(words: readonly string[], input?: string) {
  const options = { cwd: folder, ...(input === undefined ? {} : { input }) };
  return carillon(['--data', daemon.data, '--json', ...words], options);
}

/** The action of a task that these words make. */
async function added(name: string, words: readonly string[], input?: string): Promise<unknown> {
  const { code, stdout, stderr } = await said(['tasks', 'add', name, ...words], input);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return (JSON.parse(stdout) as { task: { action: unknown } }).task.action;
}

describe('the command line makes a task', () => {
  it('for an agent, its prompt from standard input byte for byte', async () => {
    writeFileSync(
      join(folder, 'servers.json'),
      JSON.stringify({ mcpServers: { tracker: { command: 'npx', args: ['tracker'] } } }),
    );
    const prompt = '--version "$(id)" `x` \\ \' %s\nsecond line ü\n';
    const words = [
      '--when',
      'every weekday at 8',
      '--agent',
      'claude',
      '--prompt-file',
      '-',
      '--model',
      'sonnet',
      '--allow-tool',
      'Read',
      '--allow-tool',
      'Bash(git log:*)',
      '--deny-tool',
      'WebFetch',
      '--mcp-config',
      'servers.json',
      '--session',
      'resume',
      '--session-tokens',
      '100000',
      '--flag=--add-dir=/srv',
      '--secret',
      'TOKEN=T',
    ];
    expect(await added('review', words, prompt)).toMatchObject({
      kind: 'agent',
      engine: 'claude',
      prompt,
      cwd: folder,
      model: 'sonnet',
      allowed_tools: ['Read', 'Bash(git log:*)'],
      denied_tools: ['WebFetch'],
      mcp_servers: { tracker: { command: 'npx', args: ['tracker'] } },
      flags: ['--add-dir=/srv'],
      session: { mode: 'resume', tokens_max: 100_000 },
      env: { TOKEN: { secret: 'T' } },
    });
    const list = await carillon(['--data', daemon.data, 'tasks', 'list', '--text', 'review']);
    expect(list.stdout).toContain(`agent claude: --version "$(id)"`);
  });

  it('for a model, with a schema from a file', async () => {
    writeFileSync(join(folder, 'schema.json'), '{"type":"object"}');
    writeFileSync(join(folder, 'prompt.md'), 'Sum up {{last.result}}.');
    const words = [
      '--model-provider',
      'openai_compatible',
      '--base-url',
      'http://127.0.0.1:11434/v1',
      '--model',
      'llama3',
      '--prompt-file',
      'prompt.md',
      '--schema',
      'schema.json',
      '--key-secret',
      'KEY',
      '--temperature',
      '0.5',
      '--max-tokens',
      '500',
      '--file',
      'a.png',
    ];
    expect(await added('sum', words)).toMatchObject({
      kind: 'model',
      model: 'llama3',
      prompt: 'Sum up {{last.result}}.',
      answer_schema: { type: 'object' },
      api_key: { secret: 'KEY' },
      temperature: 0.5,
      max_tokens: 500,
      files: [join(folder, 'a.png')],
    });
  });

  it('for a message and for a reminder', async () => {
    const message = ['--message-to', 'https://example.org/in', '--text', 'Hi', '--info', '{"a":1}'];
    expect(await added('tell', [...message, '--header', 'A: b'])).toMatchObject({
      kind: 'message',
      endpoint: 'https://example.org/in',
      method: 'POST',
      text: 'Hi',
      headers: { A: 'b' },
      info: { a: 1 },
    });
    const reminder = [
      '--remind',
      'Tea',
      '--body',
      'Now.',
      '--channel',
      'desktop',
      '--sound',
      'none',
    ];
    expect(await added('tea', reminder)).toMatchObject({
      kind: 'reminder',
      title: 'Tea',
      body: 'Now.',
      channels: ['desktop'],
      sound: 'none',
    });
  });

  it('with a budget, which an edit replaces as a whole or removes', async () => {
    const agent = ['--agent', 'claude', '--prompt', 'Look.'];
    await added('dear', [
      ...agent,
      '--budget',
      '2usd/day',
      '--budget',
      '200000tokens/run',
      '--on-limit',
      'wait',
    ]);
    const budget = async (words: readonly string[]): Promise<unknown> =>
      (JSON.parse((await said(words)).stdout) as { task: { policies: { budget?: unknown } } }).task
        .policies.budget;
    expect(await budget(['tasks', 'show', 'dear'])).toEqual({
      usd_per_day: 2,
      tokens_per_run: 200_000,
      on_limit: 'wait',
    });
    const edit = ['tasks', 'edit', 'dear', '--budget'];
    expect(await budget([...edit, '0.5usd/month'])).toEqual({
      usd_per_month: 0.5,
      on_limit: 'skip',
    });
    expect(await budget([...edit, 'none'])).toBeUndefined();
  });

  it.each([
    [['--budget', '5/day', '--', 'echo'], 'such as 2usd/day'],
    [['--on-limit', 'wait', '--', 'echo'], 'write --budget too'],
    [['--agent', 'claude'], 'needs a prompt'],
    [['--agent', 'claude', '--prompt', 'a', '--prompt-file', 'b'], 'not both'],
    [['--agent', 'claude', '--prompt-file', 'none.md'], 'cannot be read'],
    [['--prompt', 'x'], 'Name the action too'],
    [['--remind', 'x', '--url', 'https://a'], 'A task has one action'],
    [['--message-to', 'https://a', '--text', 'x', '--info', '[]'], 'must be an object'],
    [['--agent', 'claude', '--prompt', '{{nobody}}'], 'There is no \\"nobody\\"'],
  ])('unless the words do not fit: %j', async (words, why) => {
    const { code, stderr } = await said(['tasks', 'add', 'bad', ...words]);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
  });
});
