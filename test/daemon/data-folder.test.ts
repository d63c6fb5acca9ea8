import { chmodSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRandomKey } from '../../src/daemon/random-key.ts';
import { daemonFiles } from '../../src/installation/daemon-files.ts';
import {
  readDaemonNotice,
  removeDaemonNotice,
  writeDaemonNotice,
} from '../../src/installation/daemon-notice.ts';
import { takeLock } from '../../src/daemon/lock.ts';
import { prepareFolders } from '../../src/daemon/prepare-folders.ts';
import { prepareSocketFolder, socketPath } from '../../src/daemon/socket-path.ts';
import { openToken, readToken } from '../../src/installation/token.ts';
import { temporaryFolder } from '../support/real-daemon.ts';

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the lock', () => {
  it('is held by one at a time, and free again once released', () => {
    const file = join(folder, 'daemon.lock');
    const first = takeLock(file);
    expect(first).toBeDefined();
    expect(takeLock(file)).toBeUndefined();
    expect(takeLock(file)).toBeUndefined();
    first?.release();
    const second = takeLock(file);
    expect(second).toBeDefined();
    second?.release();
  });
});

describe('the token', () => {
  it('is made once and read back', () => {
    const file = join(folder, 'token');
    const token = openToken(file);
    expect(token).toMatch(/^carillon_[\w-]{43}$/);
    expect(openToken(file)).toBe(token);
    expect(readToken(file)).toBe(token);
  });

  it.skipIf(process.platform === 'win32')(
    'is readable by its owner alone, also after somebody loosened it',
    () => {
      const file = join(folder, 'token');
      openToken(file);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      chmodSync(file, 0o644);
      openToken(file);
      expect(statSync(file).mode & 0o777).toBe(0o600);
    },
  );

  it('is refused when it could be guessed', () => {
    const file = join(folder, 'token');
    writeFileSync(file, 'short\n');
    expect(() => openToken(file)).toThrow('Delete it, and the next start makes a new one.');
  });
});

describe('the consent key', () => {
  it('outlives the process, and a damaged one is replaced', () => {
    const file = join(folder, 'consent.key');
    const key = openRandomKey(file);
    expect(key).toHaveLength(32);
    expect(openRandomKey(file)).toEqual(key);
    writeFileSync(file, 'damaged');
    expect(openRandomKey(file)).toHaveLength(32);
  });
});

describe('the notice of a daemon', () => {
  const notice = {
    pid: 42,
    version: '1.0.0',
    startedAt: '2026-11-21T09:00:00Z',
    http: { host: '127.0.0.1', port: 7411 },
    socket: '/x/mcp.sock',
  };

  it('is read as it was written, and removed by its own process only', () => {
    const file = join(folder, 'daemon.json');
    writeDaemonNotice(file, notice);
    expect(readDaemonNotice(file)).toEqual(notice);
    removeDaemonNotice(file, 43);
    expect(readDaemonNotice(file)).toEqual(notice);
    removeDaemonNotice(file, 42);
    expect(readDaemonNotice(file)).toBeUndefined();
  });

  it.each(['', '{', '[]', '{"pid":"x"}', 'null'])(
    'counts as none when the file says %j',
    (text) => {
      const file = join(folder, 'daemon.json');
      writeFileSync(file, text);
      expect(readDaemonNotice(file)).toBeUndefined();
    },
  );
});

describe.skipIf(process.platform === 'win32')('the folders', () => {
  it('are made for their owner alone', () => {
    const files = daemonFiles(join(folder, 'data'));
    prepareFolders(files);
    for (const made of [files.folder, files.runFolder, files.logFolder, files.spoolFolder]) {
      expect(statSync(made).mode & 0o777, made).toBe(0o700);
    }
  });

  it('are refused in words where they cannot be', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => {
      prepareFolders(daemonFiles(join(folder, 'file', 'data')));
    }).toThrow(/cannot be written \(ENOTDIR\)/);
  });
});

describe.skipIf(process.platform === 'win32')('the socket', () => {
  const machine = { platform: 'linux' as const, environment: {}, home: '/home/ada', cwd: '/' };

  it('lies in the data folder where its path is short enough', () => {
    expect(socketPath(daemonFiles('/data'), machine)).toBe('/data/run/mcp.sock');
  });

  it('gets a short path of its own below a deep data folder', () => {
    const deep = { ...machine, environment: { XDG_RUNTIME_DIR: '/run/user/1000' } };
    const path = socketPath(daemonFiles(`/${'ü'.repeat(60)}`), deep);
    expect(path).toMatch(/^\/run\/user\/1000\/carillon-\d+\/[0-9a-f]{24}\.sock$/);
    expect(path).not.toBe(socketPath(daemonFiles(`/${'ö'.repeat(60)}`), deep));
  });

  it('is a named pipe on Windows', () => {
    const path = socketPath(daemonFiles('C:\\data'), { ...machine, platform: 'win32' });
    expect(path).toMatch(/^\\\\\.\\pipe\\carillon-[0-9a-f]{24}$/);
  });

  it('tightens a folder of ours, and refuses what is no folder', () => {
    const loose = join(folder, 'loose');
    mkdirSync(loose, { mode: 0o755 });
    prepareSocketFolder(join(loose, 'a.sock'));
    expect(statSync(loose).mode & 0o777).toBe(0o700);
  });
});
