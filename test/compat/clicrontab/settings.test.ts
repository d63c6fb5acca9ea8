import { describe, expect, it } from 'vitest';
import {
  configFolders,
  readSettings,
  type ClicrontabSettings,
} from '../../../src/compat/clicrontab/settings.ts';
import { settingsFromJson, settingsToJson } from '../../../src/compat/clicrontab/settings-json.ts';
import { fillPrompt, splitCommand } from '../../../src/compat/clicrontab/split-command.ts';

type Given = {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly yaml?: string;
  readonly dotenv?: readonly string[];
};

function read({ argv = [], env = {}, yaml, dotenv = [] }: Given): ClicrontabSettings {
  const reading = readSettings(argv, env, { configYaml: yaml, dotenv });
  if (reading.kind !== 'settings') throw new Error(reading.text);
  return reading.settings;
}

describe('the settings', () => {
  it('are safe where nobody said anything', () => {
    expect(read({})).toEqual({
      mode: 'http',
      host: '127.0.0.1',
      port: 7070,
      token: undefined,
      usesUtc: false,
      engine: { kind: 'agent', name: 'claude' },
    });
  });

  it('are read from the flags that the plan of the older system shows', () => {
    const argv = ['--mode', 'mcp', '--state-dir', '~/.local/state/clicrontab'];
    expect(read({ argv })).toMatchObject({ mode: 'mcp' });
    expect(read({ argv: ['-mode=both', '-use-utc', '--addr=:8080'] })).toMatchObject({
      mode: 'both',
      usesUtc: true,
      host: '0.0.0.0',
      port: 8080,
    });
  });

  it('weigh flag before variable before .env file', () => {
    const env = { CLICRON_ADDR: '127.0.0.1:2', CLICRON_USE_UTC: 'yes' };
    const dotenv = [
      'CLICRON_ADDR=127.0.0.1:3\nCLICRON_AUTH_TOKEN="near" ',
      'CLICRON_AUTH_TOKEN=far',
    ];
    expect(read({ argv: ['--addr', '[::1]:1'], env, dotenv })).toMatchObject({
      host: '::1',
      port: 1,
      token: 'near',
      usesUtc: true,
    });
    expect(read({ env, dotenv }).port).toBe(2);
    expect(read({ dotenv }).port).toBe(3);
    expect(read({ env: { CLICRON_AUTH_TOKEN: 'own' }, dotenv }).token).toBe('own');
  });

  it.each([
    [['--mode', 'web'], /--mode must be one of http, mcp, both/],
    [['--addr', '7070'], /--addr must be host:port/],
    [['--addr', 'localhost:99999'], /--addr must be host:port/],
  ])('refuse %j', (argv, reason) => {
    expect(() => read({ argv })).toThrow(reason);
  });

  it('tell what flags there are, and refuse others as Go does', () => {
    const files = { configYaml: undefined, dotenv: [] };
    expect(readSettings(['-h'], {}, files)).toMatchObject({ kind: 'text', exitCode: 0 });
    expect(readSettings(['--colour', 'red'], {}, files)).toMatchObject({
      kind: 'text',
      exitCode: 2,
      text: expect.stringMatching(/^flag provided but not defined: --colour/),
    });
  });

  it('are looked for where the older system kept them', () => {
    expect(configFolders({ HOME: '/home/ada', XDG_CONFIG_HOME: '/xdg' })).toEqual([
      '/xdg/clicrontab',
      '/home/ada/.config/clicrontab',
      '/home/ada/Library/Application Support/clicrontab',
    ]);
  });

  it('go through the handshake without the token', () => {
    const yaml = 'default_engine: x\nengines: {x: {command: "x {{.prompt}}"}}';
    const settings = read({ yaml, argv: ['--use-utc'], env: { CLICRON_AUTH_TOKEN: 'secret' } });
    const json = settingsToJson(settings);
    expect(JSON.stringify(json)).not.toContain('secret');
    expect(settingsFromJson(json)).toEqual({ usesUtc: true, engine: settings.engine });
    expect(settingsFromJson({ usesUtc: 'x', engine: 7, argv: [] })).toEqual({
      usesUtc: false,
      engine: { kind: 'agent', name: 'claude' },
    });
  });
});

describe('config.yaml', () => {
  const PLAN = `
default_engine: custom
engines:
  claude:
    command: "claude -p {{.prompt}} --output-format json"
  custom:
    command: "my-ai-cli run {{.prompt}}"
`;

  it('names the engine and its command, as the plan of the older system writes them', () => {
    expect(read({ yaml: PLAN }).engine).toEqual({
      kind: 'command',
      name: 'custom',
      argv: ['my-ai-cli', 'run', '{{.prompt}}'],
    });
    expect(read({ yaml: PLAN.replace('default_engine: custom', '') }).engine).toEqual({
      kind: 'command',
      name: 'claude',
      argv: ['claude', '-p', '{{.prompt}}', '--output-format', 'json'],
    });
  });

  it('may name an engine that Carillon has', () => {
    expect(read({ yaml: 'default_engine: codex' }).engine).toEqual({
      kind: 'agent',
      name: 'codex',
    });
    expect(read({ yaml: '' }).engine).toEqual({ kind: 'agent', name: 'claude' });
  });

  it.each([
    ['- a list', /config\.yaml must be a table/],
    ['engines: {x: {}}', /engines\.x\.command of config\.yaml must be text/],
    ['engines: {x: {command: "x run"}}', /has no place for the prompt/],
    ['default_engine: [1]', /default_engine of config\.yaml/],
    ['a: [', /not YAML/],
    ['a: &a [1]\nb: *a', /not YAML/],
  ])('is refused when it is %j', (yaml, reason) => {
    expect(() => read({ yaml })).toThrow(reason);
  });
});

describe('the command of an engine', () => {
  const HOSTILE = `a "b" 'c' $(touch /tmp/x) \`id\` ; rm -rf ~ | x\n{{.prompt}} && \\`;

  it('is split before the prompt is filled in, so that a prompt stays one argument', () => {
    const argv = splitCommand(`ai --say "it is" 'a b' -p={{ .prompt }} {{.prompt}}`, 'here');
    expect(argv).toEqual(['ai', '--say', 'it is', 'a b', '-p={{.prompt}}', '{{.prompt}}']);
    const filled = fillPrompt(argv, HOSTILE);
    expect(filled).toEqual(['ai', '--say', 'it is', 'a b', `-p=${HOSTILE}`, HOSTILE]);
  });

  it('keeps a prompt from being taken for an option', () => {
    const argv = splitCommand('ai {{.prompt}} --p={{.prompt}}', 'here');
    expect(fillPrompt(argv, '--yolo')).toEqual(['ai', ' --yolo', '--p=--yolo']);
  });

  it.each([
    ['ai {{.prompt}} | tee log', /only a shell understands/],
    ['ai {{.prompt}} > log', /only a shell understands/],
    ['$SHELL {{.prompt}}', /only a shell understands/],
    ['ai "{{.prompt}}', /not closed/],
    ['{{.prompt}} ai {{.prompt}}', /takes the prompt for the program/],
    ['ai {{.prompt}} {{.model}}', /which nothing fills in/],
    ['', /names no program/],
  ])('is refused when it is %j', (text, reason) => {
    expect(() => splitCommand(text, 'here')).toThrow(reason);
  });

  it('may quote what a shell would read', () => {
    expect(splitCommand(`sh -c 'ai "$1" | tee log' sh {{.prompt}}`, 'here')).toEqual([
      'sh',
      '-c',
      'ai "$1" | tee log',
      'sh',
      '{{.prompt}}',
    ]);
  });
});
