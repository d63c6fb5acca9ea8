import { describe, expect, it } from 'vitest';
import {
  configPathOf,
  MCP_SCHEDULER_DEFAULTS,
  readSettings,
  type McpSchedulerSettings,
} from '../../../src/compat/mcp-scheduler/settings.ts';
import {
  settingsFromJson,
  settingsToJson,
} from '../../../src/compat/mcp-scheduler/settings-json.ts';
import { stripComments } from '../../../src/compat/mcp-scheduler/strip-comments.ts';

type Env = Readonly<Record<string, string>>;

function settings(argv: readonly string[], env: Env = {}, file?: string): McpSchedulerSettings {
  const reading = readSettings(argv, env, file);
  if (reading.kind === 'text') throw new Error(reading.text);
  return reading.settings;
}

describe('readSettings', () => {
  it('has the defaults of the older system', () => {
    expect(settings([])).toEqual(MCP_SCHEDULER_DEFAULTS);
    expect(settings([])).toMatchObject({
      name: 'mcp-scheduler',
      version: '0.1.0',
      address: 'localhost',
      port: 8080,
      transport: 'stdio',
      dbPath: 'scheduler.db',
      logFile: 'mcp_scheduler.log',
      logLevel: 'INFO',
      checkIntervalS: 5,
      executionTimeoutS: 300,
      aiModel: 'gpt-4o',
    });
  });

  it('lets the file go before the command line, that before the environment, that before the default', () => {
    const env = { MCP_SCHEDULER_PORT: '1001', MCP_SCHEDULER_AI_MODEL: 'from-env' };
    const file = '{"server": {"port": 1003}}';
    expect(settings([], env).port).toBe(1001);
    expect(settings(['--port', '1002'], env).port).toBe(1002);
    expect(settings(['--port', '1002'], env, file).port).toBe(1003);
    expect(settings(['--port=1002'], env, file).aiModel).toBe('from-env');
  });

  it('reads every variable', () => {
    const env = {
      MCP_SCHEDULER_NAME: 'n',
      MCP_SCHEDULER_VERSION: '9',
      MCP_SCHEDULER_ADDRESS: '127.0.0.1',
      MCP_SCHEDULER_PORT: '9000',
      MCP_SCHEDULER_TRANSPORT: 'sse',
      MCP_SCHEDULER_STRICT_JSON: 'true',
      MCP_SCHEDULER_DB_PATH: '/tmp/s.db',
      MCP_SCHEDULER_LOG_LEVEL: 'warning',
      MCP_SCHEDULER_LOG_FILE: '/tmp/s.log',
      MCP_SCHEDULER_CHECK_INTERVAL: '9',
      MCP_SCHEDULER_EXECUTION_TIMEOUT: '10',
      MCP_SCHEDULER_AI_MODEL: 'm',
      MCP_SCHEDULER_USE_AWS_Q_MODEL: 'True',
      OPENAI_API_KEY: 'sk',
    };
    expect(settings([], env)).toEqual({
      name: 'n',
      version: '9',
      address: '127.0.0.1',
      port: 9000,
      transport: 'sse',
      strictJson: true,
      dbPath: '/tmp/s.db',
      logLevel: 'WARNING',
      logFile: '/tmp/s.log',
      checkIntervalS: 9,
      executionTimeoutS: 10,
      aiModel: 'm',
      usesAwsQModel: true,
      openaiApiKey: 'sk',
      isDebug: false,
      fixesJson: false,
    });
  });

  it('reads the seed’s own file, comment and all', () => {
    const file = `{
      "server": { "name": "mcp-scheduler", "port": 8081, "transport": "stdio" },
      "database": { "path": "other.db" },
      "logging": { "level": "DEBUG", "file": "x.log" },
      "scheduler": { "check_interval": 5, "execution_timeout": 30 },
      "ai": {
        "model": "gpt-4o",
        "use_aws_q_model": true,
        "openai_api_key": "your-api-key"  // Only needed if not using AWS Q model
      },
    }`;
    expect(settings([], {}, file)).toMatchObject({
      port: 8081,
      dbPath: 'other.db',
      logLevel: 'DEBUG',
      executionTimeoutS: 30,
      usesAwsQModel: true,
      openaiApiKey: 'your-api-key',
    });
  });

  it('starts without a broken file, and warns', () => {
    for (const file of ['{', '[]', '"x"', 'null']) {
      const reading = readSettings([], {}, file);
      expect(reading).toMatchObject({ kind: 'settings', settings: MCP_SCHEDULER_DEFAULTS });
      expect(reading).toHaveProperty('warnings.length', 1);
    }
  });

  it('reads flags, shortened ones as well', () => {
    expect(settings(['--debug'])).toMatchObject({
      isDebug: true,
      fixesJson: true,
      logLevel: 'DEBUG',
    });
    expect(settings(['--fix-json'])).toMatchObject({ isDebug: false, fixesJson: true });
    expect(settings(['--addr', '0.0.0.0', '--db', 'x.db'])).toMatchObject({
      address: '0.0.0.0',
      dbPath: 'x.db',
    });
    expect(settings(['--log-level', 'loud']).logLevel).toBe('INFO');
  });

  it('prints name and version to the error stream', () => {
    expect(readSettings(['--version'], { MCP_SCHEDULER_NAME: 'n' }, undefined)).toEqual({
      kind: 'text',
      text: 'n version 0.1.0\n',
      stream: 'stderr',
      exitCode: 0,
    });
  });

  it('prints help, and refuses what it does not know as argparse does', () => {
    const help = readSettings(['--help'], {}, undefined);
    expect(help).toMatchObject({ kind: 'text', stream: 'stdout', exitCode: 0 });
    for (const option of ['address', 'port', 'transport', 'log-level', 'log-file', 'db-path']) {
      expect(help).toHaveProperty('text', expect.stringContaining(`--${option} `));
    }
    for (const argv of [
      ['--colour'],
      ['--log', 'x'],
      ['--port'],
      ['--port', 'eighty'],
      ['--transport', 'http'],
      ['--debug=1'],
      ['stray'],
      ['--config', '--debug'],
    ]) {
      expect(readSettings(argv, {}, undefined)).toMatchObject({ stream: 'stderr', exitCode: 2 });
    }
  });

  it.each([
    [
      { MCP_SCHEDULER_PORT: 'eighty' },
      'MCP_SCHEDULER_PORT must be a whole number from 1 to 65535.',
    ],
    [{ MCP_SCHEDULER_EXECUTION_TIMEOUT: '0' }, 'MCP_SCHEDULER_EXECUTION_TIMEOUT must be'],
    [{ MCP_SCHEDULER_TRANSPORT: 'http' }, 'MCP_SCHEDULER_TRANSPORT must be "stdio" or "sse".'],
  ])('refuses %j', (env, told) => {
    expect(() => readSettings([], env, undefined)).toThrow(told);
  });

  it('finds the file by flag before the environment', () => {
    const env = { MCP_SCHEDULER_CONFIG_FILE: '/env.json' };
    expect(configPathOf([], {})).toBeUndefined();
    expect(configPathOf([], env)).toBe('/env.json');
    expect(configPathOf(['--config', '/flag.json'], env)).toBe('/flag.json');
  });
});

describe('stripComments', () => {
  it('leaves texts alone', () => {
    const text = '{"a": "http://x/*y*/", "b": "\\"//", /* c */ "d": [1, 2,], // e\n}';
    expect(JSON.parse(stripComments(text))).toEqual({ a: 'http://x/*y*/', b: '"//', d: [1, 2] });
  });
});

describe('settings in the handshake', () => {
  it('travel without the key', () => {
    const all = settings([], { OPENAI_API_KEY: 'sk', MCP_SCHEDULER_NAME: 'n' });
    const json = settingsToJson(all);
    expect(JSON.stringify(json)).not.toContain('sk');
    expect(settingsFromJson(json)).toEqual({
      name: 'n',
      version: '0.1.0',
      checkIntervalS: 5,
      executionTimeoutS: 300,
      aiModel: 'gpt-4o',
      usesAwsQModel: false,
    });
  });

  it('fall back to the default where they make no sense', () => {
    expect(settingsFromJson({ name: 7, executionTimeoutS: -1, checkIntervalS: 'x' })).toMatchObject(
      {
        name: 'mcp-scheduler',
        executionTimeoutS: 300,
        checkIntervalS: 5,
      },
    );
  });
});
