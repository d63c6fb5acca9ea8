import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readDaemonNotice } from '../../src/installation/daemon-notice.ts';
import {
  carillon,
  MAIN,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';

describe('a daemon', () => {
  let folder: string;
  let daemon: RealDaemon;

  beforeAll(async () => {
    folder = temporaryFolder();
    daemon = await startDaemon(folder);
  });

  afterAll(async () => {
    await daemon.kill('SIGKILL');
    removeFolder(folder);
  });

  it('answers to everybody whether it is well, and wants its token for the rest', async () => {
    expect((await fetch(`${daemon.origin}/healthz`)).status).toBe(200);
    for (const path of ['/api/v1/status', '/mcp']) {
      expect((await fetch(`${daemon.origin}${path}`)).status, path).toBe(401);
    }
    const headers = { authorization: `Bearer ${daemon.token}` };
    const answer = await fetch(`${daemon.origin}/api/v1/status`, { headers });
    expect(await answer.json()).toMatchObject({
      pid: daemon.process.pid,
      data_folder: folder,
      address: daemon.origin,
      alarms: [],
    });
  });

  it('keeps a second one out of its data folder, and says who has it', async () => {
    const { code, stdout, stderr } = await carillon(['serve', '--data', folder]);
    expect(code).toBe(6);
    expect(stdout).toBe('');
    expect(stderr).toContain(`Process ${String(daemon.process.pid)} has it (version `);
    expect(stderr).toContain(daemon.origin);
    expect(stderr).toContain('carillon down');
  });

  it('keeps a standalone pipe out of its data folder', async () => {
    const { code, stdout, stderr } = await carillon(['mcp', '--standalone', '--data', folder]);
    expect(code).toBe(6);
    expect(stdout).toBe('');
    expect(stderr).toContain('A daemon is already running');
  });

  it.skipIf(process.platform === 'win32')('opens no debugger to a signal', async () => {
    daemon.process.kill('SIGUSR1');
    expect((await fetch(`${daemon.origin}/healthz`)).status).toBe(200);
    await expect(fetch('http://127.0.0.1:9229/json/version')).rejects.toThrow();
  });

  it('is followed at once by another when it is killed', async () => {
    await daemon.kill('SIGKILL');
    const before = readDaemonNotice(join(folder, 'run', 'daemon.json'));
    daemon = await startDaemon(folder);
    expect(readDaemonNotice(join(folder, 'run', 'daemon.json'))?.pid).not.toBe(before?.pid);
  });
});

describe('the end of a daemon', () => {
  let folder: string;
  let daemon: RealDaemon;

  beforeEach(async () => {
    folder = temporaryFolder();
    daemon = await startDaemon(folder);
  });

  afterEach(async () => {
    await daemon.kill('SIGKILL');
    removeFolder(folder);
  });

  const ended = (): Promise<number | null> =>
    new Promise((resolve) => {
      daemon.process.once('exit', resolve);
    });

  it('comes with SIGTERM, everything closed and no notice left behind', async () => {
    const code = ended();
    daemon.process.kill('SIGTERM');
    expect(await code).toBe(0);
    expect(readDaemonNotice(join(folder, 'run', 'daemon.json'))).toBeUndefined();
    expect(readFileSync(join(folder, 'logs', 'carillon.log'), 'utf8')).toContain(
      'The daemon has stopped.',
    );
  });

  it('comes by itself when its data folder was removed', async () => {
    const code = ended();
    removeFolder(folder);
    expect(await code).toBe(1);
  });
});

describe('the port of a daemon', () => {
  const folders: string[] = [];
  let squatter: Server | undefined;

  afterEach(() => {
    squatter?.close();
    for (const folder of folders.splice(0)) removeFolder(folder);
  });

  async function takenPort(): Promise<number> {
    const server = createServer();
    squatter = server;
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  it('is refused in words when it was asked for and is taken', async () => {
    const folder = temporaryFolder();
    folders.push(folder);
    const port = await takenPort();
    const { code, stderr } = await carillon(['serve', '--data', folder, '--port', String(port)]);
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${String(port)} of 127.0.0.1 is taken by another program.`);
  });

  it('may come from the configuration file of the data folder, and is told in the notice', async () => {
    const folder = temporaryFolder();
    folders.push(folder);
    writeFileSync(join(folder, 'config.json'), '{ "prot": 1 }');
    const refused = await carillon(['serve', '--data', folder]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('Did you mean "port"?');

    writeFileSync(join(folder, 'config.json'), '{ "port": 0, /* any */ "auth": false }');
    const child = spawn(process.execPath, [MAIN, 'serve', '--data', folder, '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve) => {
      child.stdout.once('data', (bytes: Buffer) => {
        resolve(bytes.toString());
      });
    });
    const notice = JSON.parse(line) as { pid: number; http: { port: number } };
    expect(notice).toEqual(readDaemonNotice(join(folder, 'run', 'daemon.json')));
    const status = await fetch(`http://127.0.0.1:${String(notice.http.port)}/api/v1/status`);
    expect(status.status).toBe(200);
    const ended = new Promise((resolve) => {
      child.once('exit', resolve);
    });
    child.kill('SIGINT');
    expect(await ended).toBe(130);
  });
});
