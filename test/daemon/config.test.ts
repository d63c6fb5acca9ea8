import { describe, expect, it } from 'vitest';
import {
  readConfig,
  SETTING_NAMES,
  SETTINGS,
  type ConfigSources,
} from '../../src/daemon/config.ts';
import { Refusal } from '../../src/domain/refusal.ts';

const nothing: ConfigSources = { file: undefined, environment: {}, flags: {} };

function file(text: string): ConfigSources['file'] {
  return { path: '/etc/carillon/config.json', text };
}

function refusal(sources: Partial<ConfigSources>): Refusal {
  try {
    readConfig({ ...nothing, ...sources });
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('the configuration', () => {
  it('is the default where nothing was said', () => {
    const { config, origins } = readConfig(nothing);
    expect(config).toMatchObject({ host: '127.0.0.1', port: 7411, auth: true, workers: 64 });
    expect(new Set(Object.values(origins))).toEqual(new Set(['default']));
  });

  it('lets a flag win over the environment, and that over the file', () => {
    const text = '{ "port": 1001, "workers": 1, "zone": "Europe/Berlin" }';
    const { config, origins } = readConfig({
      file: file(text),
      environment: { CARILLON_PORT: '1002', CARILLON_WORKERS: '2' },
      flags: { port: '1003' },
    });
    expect(config).toMatchObject({ port: 1003, workers: 2, zone: 'Europe/Berlin' });
    expect(origins).toMatchObject({
      port: 'flag',
      workers: 'environment',
      zone: 'file',
      host: 'default',
    });
  });

  it('reads comments and trailing commas in the file', () => {
    const text = '// mine\n{ "port": 1001, /* more */ "tag_limits": { "gpu": 1 }, }';
    expect(readConfig({ ...nothing, file: file(text) }).config).toMatchObject({
      port: 1001,
      tag_limits: { gpu: 1 },
    });
  });

  it('takes an empty file and an empty variable for nothing said', () => {
    const { config } = readConfig({
      ...nothing,
      file: file(''),
      environment: { CARILLON_PORT: '' },
    });
    expect(config.port).toBe(7411);
  });

  it('reads lists, limits and truths from variables', () => {
    const environment = {
      CARILLON_EGRESS_ALLOW: '10.0.0.0/8, nas:80',
      CARILLON_TAG_LIMITS: 'gpu=1,disk=2',
      CARILLON_AUTH: 'false',
    };
    expect(readConfig({ ...nothing, environment }).config).toMatchObject({
      egress_allow: ['10.0.0.0/8', 'nas:80'],
      tag_limits: { gpu: 1, disk: 2 },
      auth: false,
    });
  });

  it('has a default inside its own bound, and a sentence, for every setting', () => {
    for (const name of SETTING_NAMES) {
      const setting: { default: unknown; sentence: string; read(value: unknown): unknown } =
        SETTINGS[name];
      expect(setting.read(setting.default), name).toEqual(setting.default);
      expect(setting.sentence, name).toMatch(/^[A-Z].*\.$/);
    }
  });

  it.each([
    ['port', '65536'],
    ['port', '-1'],
    ['port', '80.5'],
    ['port', 'eighty'],
    ['workers', '0'],
    ['workers', '257'],
    ['lease_ms', '4999'],
    ['log_level', 'verbose'],
    ['log_files_max', '0'],
    ['profile', 'cloud'],
    ['zone', 'Mars/Olympus'],
    ['auth', 'maybe'],
    ['tag_limits', 'gpu'],
    ['tag_limits', 'gpu=0'],
    ['host', 'a\nb'],
  ] as const)('refuses %s = %j', (name, value) => {
    const { code, message } = refusal({ flags: { [name]: value } });
    expect(code).toBe('invalid');
    expect(message).toContain(`--${name.replaceAll('_', '-')} must be `);
  });

  it('refuses a value of the wrong kind in the file, and names file and key', () => {
    expect(refusal({ file: file('{ "port": "7411" }') }).message).toBe(
      'port in /etc/carillon/config.json must be a whole number from 0 to 65535.',
    );
  });

  it('suggests the setting that an unknown key was meant for', () => {
    expect(refusal({ file: file('{ "prot": 7411 }') })).toMatchObject({
      message: 'There is no setting "prot" (in /etc/carillon/config.json).',
      hint: 'Did you mean "port"?',
    });
    expect(refusal({ environment: { CARILLON_LOGLEVEL: 'debug' } }).hint).toBe(
      'Did you mean CARILLON_LOG_LEVEL?',
    );
  });

  it('lists the settings where nothing is near', () => {
    expect(refusal({ file: file('{ "unrelated_thing": 1 }') }).hint).toContain('host, port, auth');
  });

  it('leaves alone the variables that tell a command about its run', () => {
    const environment = {
      CARILLON_RUN_ID: 'run_1',
      CARILLON_ATTEMPT: '1',
      CARILLON_TASK_NAME: 'backup',
      CARILLON_IDEMPOTENCY_KEY: 'run_1',
      CARILLON_SCHEDULED_FOR: '2026-11-21T09:00:00Z',
      CARILLON_DATA: '/data',
      CARILLON_NODE: '/usr/bin/node',
    };
    expect(readConfig({ ...nothing, environment }).config.port).toBe(7411);
  });

  it.each([
    ['{ "port": 1', /is not JSON with comments: \w+ in line 1\./],
    ['{\n\n  oops\n}', /in line 3\./],
    ['[]', /must hold one object/],
  ])('refuses the file %j', (text, message) => {
    expect(refusal({ file: file(text) }).message).toMatch(message);
  });

  it.each(['0.0.0.0', '192.168.1.2', 'example.org', '::'])(
    'refuses to go without the token on %s',
    (host) => {
      expect(refusal({ flags: { auth: 'false', host } }).message).toContain('loopback');
    },
  );

  it.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])(
    'may go without the token on %s',
    (host) => {
      expect(readConfig({ ...nothing, flags: { auth: 'false', host } }).config.auth).toBe(false);
    },
  );
});
