import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';

type Fields = Readonly<Record<string, unknown>>;

let data: string;
let daemon: RealDaemon;
beforeEach(async () => {
  data = temporaryFolder();
  daemon = await startDaemon(data);
}, 30_000);
afterEach(async () => {
  await daemon.kill('SIGKILL');
  removeFolder(data);
});

async function api(path: string, body?: Fields): Promise<Fields> {
  const response = await fetch(`${daemon.origin}/api/v1${path}`, {
    headers: { authorization: `Bearer ${daemon.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  return (await response.json()) as Fields;
}

async function deliver(hook: Fields, id: string) {
  const body = '{"ref":"main"}';
  const signature = createHmac('sha256', String(hook['secret'])).update(body).digest('hex');
  const response = await fetch(`${daemon.origin}${String(hook['path'])}`, {
    method: 'POST',
    body,
    headers: { 'x-github-delivery': id, 'x-hub-signature-256': `sha256=${signature}` },
  });
  return { status: response.status, body: (await response.json()) as Fields };
}

async function residentMiB(): Promise<number> {
  const { pid } = await api('/status');
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
}

describe('a webhook of a real daemon', () => {
  it('has kept what it acknowledged when the daemon is killed right after', async () => {
    const action = { kind: 'command', argv: ['true'] };
    const hook = await api('/webhooks', { name: 'push', scheme: 'github', action });
    const first = await deliver(hook, 'one');
    await daemon.kill('SIGKILL');
    expect(first).toMatchObject({ status: 202, body: { verdict: 'accepted' } });
    daemon = await startDaemon(data);
    const run = String(first.body['run']);
    await api(`/runs/${run}/wait?seconds=20`);
    expect((await api('/runs'))['runs']).toMatchObject([{ id: run, trigger: 'webhook' }]);
    expect(await deliver(hook, 'one')).toMatchObject({ body: { verdict: 'duplicate', run } });
    expect((await api('/runs'))['runs']).toHaveLength(1);
  }, 60_000);

  it.runIf(process.platform === 'linux')(
    'costs no memory when it is flooded',
    async () => {
      const action = { kind: 'command', argv: ['true'] };
      const hook = await api('/webhooks', { name: 'open', scheme: 'github', action });
      const url = `${daemon.origin}${String(hook['path'])}`;
      const body = 'x'.repeat(1_000_000);
      const flood = async (requests: number) => {
        const statuses = new Map<number, number>();
        for (let sent = 0; sent < requests; sent += 20) {
          const answers = Array.from({ length: 20 }, async () => {
            // Who is turned away before the body is read may find the connection closed.
            const answer = await fetch(url, { method: 'POST', body }).catch(() => undefined);
            await answer?.arrayBuffer().catch(() => undefined);
            const status = answer?.status ?? 0;
            statuses.set(status, (statuses.get(status) ?? 0) + 1);
          });
          await Promise.all(answers);
        }
        return statuses;
      };
      const first = await flood(200);
      expect(first.get(401) ?? 0).toBeLessThanOrEqual(60);
      await sleep(200);
      const before = await residentMiB();
      const second = await flood(400);
      expect(second.get(202)).toBeUndefined();
      // Four hundred megabytes were sent.
      expect((await residentMiB()) - before).toBeLessThan(100);
      expect((await api('/runs'))['runs']).toEqual([]);
    },
    60_000,
  );
});
