import { describe, expect, it } from 'vitest';
import { serveSettings, serveWords } from '../../src/cli/serve-settings.ts';
import { readConfig } from '../../src/daemon/config.ts';
import { openDaemon } from '../../src/daemon/open-daemon.ts';
import { readSetup } from '../../src/daemon/read-setup.ts';
import { removeFolder, temporaryFolder } from '../support/real-daemon.ts';

describe('the engines of the configuration', () => {
  it('stand beside the built-in ones', () => {
    const text = '{ "engines": { "work": { "like": "claude", "program": "claude-work" } } }';
    const { config } = readConfig({ file: { path: 'c', text }, environment: {}, flags: {} });
    expect(config.engines.get('work')?.program).toBe('claude-work');
    expect(config.engines.get('codex')?.program).toBe('codex');
  });

  it('are refused with the place of what is wrong', () => {
    const text = '{ "engines": { "work": { "like": "nobody" } } }';
    const read = () => readConfig({ file: { path: 'c', text }, environment: {}, flags: {} });
    expect(read).toThrow('engines.work.like must be one of claude, codex');
  });
});

describe('lifting the limits of agents', () => {
  it('is a flag without a value, handed on to a daemon in the background', () => {
    const flags = { acceptPermissionBypass: true, auth: true };
    expect(serveSettings(flags)).toEqual({ accept_permission_bypass: 'true' });
    expect(serveWords(flags)).toEqual(['--accept-permission-bypass']);
  });

  it.runIf(process.getuid?.() === 0)('is refused for root', async () => {
    const folder = temporaryFolder();
    const machine = { platform: process.platform, environment: {}, home: folder, cwd: folder };
    const setup = readSetup({ data: folder }, { accept_permission_bypass: 'true' }, machine);
    await expect(openDaemon(setup)).rejects.toThrow('refused while the daemon runs as root');
    removeFolder(folder);
  });
});
