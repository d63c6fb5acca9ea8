import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { publicEndpoints } from '../../../src/daemon/public-endpoints.ts';
import { createEgress, type EgressOptions } from '../../../src/egress/egress.ts';
import { outgoing } from '../../../src/executors/http/outgoing.ts';
import { systemClock } from '../../../src/daemon/clock.ts';
import { openBench } from '../../service/bench.ts';
import { httpServer, type Listener } from '../../egress/servers.ts';

const closers: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function tester(options: Partial<EgressOptions> = {}) {
  const egress = createEgress({ profile: 'laptop', allow: [], ownEndpoints: () => [], ...options });
  closers.push(() => egress.close());
  const request = outgoing({ egress, clock: systemClock, version: '1' });
  const bench = await openBench(undefined, { outgoing: request });
  closers.push(() => bench.close());
  return (url: string, more: { readonly body?: string } = {}) =>
    bench.services.testAddress({ url, ...more }, new AbortController().signal);
}

async function serve(listener: Listener) {
  const server = await httpServer(listener);
  closers.push(() => server.close());
  return server;
}

describe('a test of an address', () => {
  it('tells status, headers, time and the beginning of the body', async () => {
    const server = await serve((request, response) => {
      response.writeHead(201, { 'x-method': request.method ?? '', 'set-cookie': 'a=secret' });
      response.end('x'.repeat(10_000));
    });
    const answer = await (await tester())(server.url, { body: '{}' });
    expect(answer).toMatchObject({ kind: 'answered', status: 201, bodyBytes: 10_000 });
    if (answer.kind === 'failed') throw new Error(answer.message);
    expect(answer.headers).toMatchObject({ 'x-method': 'POST', 'set-cookie': '***' });
    expect(answer.body).toHaveLength(4_096);
    expect(answer.durationMs).toBeGreaterThanOrEqual(0);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[2002:a9fe:a9fe::]/',
    'http://[::169.254.169.254]/',
    'http://metadata.google.internal./',
    'http://rebinding.example/',
    'http://mixed.example/',
  ])('reaches nothing at %s', async (url) => {
    const test = await tester({
      profile: 'shared',
      allow: ['0.0.0.0/0'],
      resolve: (host) =>
        Promise.resolve(
          host === 'mixed.example' ? ['192.0.2.9', '169.254.169.254'] : ['169.254.169.254'],
        ),
    });
    expect(await test(url)).toMatchObject({ kind: 'failed' });
  });

  it('follows no redirect to where it must not go', async () => {
    const own = await serve((_, response) => response.end('approved'));
    const server = await serve((_, response) =>
      response.writeHead(307, { location: own.url }).end(),
    );
    const ownEndpoints = () => [{ host: '127.0.0.1', port: own.port }];
    const test = await tester({ ownEndpoints });
    expect(await test(server.url)).toMatchObject({ kind: 'failed' });
    expect(own.connections()).toBe(0);
  });

  it.each([
    'http://scheduler.example/',
    'https://Scheduler.example./',
    'http://scheduler.example:7411/',
    'http://other.example:8443/',
  ])('does not come back to the daemon by its public name, as %s', async (url) => {
    let isResolved = false;
    const test = await tester({
      ownEndpoints: () => publicEndpoints(['Scheduler.example', 'other.example:8443'], 7411),
      resolve: () => {
        isResolved = true;
        return Promise.resolve([]);
      },
    });
    expect(await test(url)).toMatchObject({ kind: 'failed' });
    expect(isResolved).toBe(false);
  });
});

describe('the way out', () => {
  /** Doors and clients of the daemon, which open no addresses that others chose. */
  const CLIENTS =
    /^(?:egress|cli|http|daemon|installation)\/|^conversations-client\.ts$|^access\/oauth\/node-exchange\.ts$/;

  it('is one: nobody else opens sockets or fetches', () => {
    const source = resolve(import.meta.dirname, '../../../src');
    const others = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !CLIENTS.test(name))
      .filter((name) => {
        const text = readFileSync(join(source, name), 'utf8');
        return (
          /from 'node:(?:http|https|net|tls|dgram|http2)'|from 'undici'/.test(text) ||
          /(?:await|return|=) (?:globalThis\.)?fetch\(/.test(text)
        );
      });
    expect(others).toEqual([]);
  });
});
