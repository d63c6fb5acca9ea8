import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createEgress, REDIRECTS_MAX } from '../../src/egress/egress.ts';
import type {
  Egress,
  EgressOptions,
  EgressRequest,
  EgressResponse,
} from '../../src/egress/egress.ts';
import {
  closedPort,
  httpServer,
  tcpServer,
  until,
  type Listener,
  type TestServer,
} from './servers.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function egress(options: Partial<EgressOptions> = {}): Egress {
  const made = createEgress({ profile: 'laptop', allow: [], ownEndpoints: () => [], ...options });
  closers.push(() => made.close());
  return made;
}

async function keep(starting: Promise<TestServer>): Promise<TestServer> {
  const server = await starting;
  closers.push(() => server.close());
  return server;
}

function serve(listener: Listener): Promise<TestServer> {
  return keep(httpServer(listener));
}

type Called = { readonly response: EgressResponse; readonly body: Buffer };

async function call(
  through: Egress,
  request: Partial<EgressRequest> & { url: string },
): Promise<Called> {
  const chunks: Uint8Array[] = [];
  const response = await through.request({
    method: 'GET',
    signal: new AbortController().signal,
    timeoutMs: 5_000,
    bodyBytesMax: 1_000_000,
    onBody: (bytes) => {
      chunks.push(bytes);
    },
    ...request,
  });
  return { response, body: Buffer.concat(chunks) };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('a request', () => {
  it('carries method, headers and body, and hands the answer over', async () => {
    const server = await serve(async (request, response) => {
      const { method, url, headers } = request;
      const body = await bodyOf(request);
      response.writeHead(201, { 'X-Twice': ['a', 'b'], 'Content-Type': 'application/json' });
      response.end(
        JSON.stringify({ method, url, body, custom: headers['x-custom'], host: headers.host }),
      );
    });
    const { response, body } = await call(egress(), {
      method: 'post',
      url: `${server.url}path?q=1#fragment`,
      headers: { 'X-Custom': 'yes' },
      body: 'grüezi',
    });
    expect(response).toMatchObject({ kind: 'answered', status: 201, isCut: false });
    expect(response).toHaveProperty('headers.x-twice', 'a, b');
    expect(response).toHaveProperty('url', `${server.url}path?q=1#fragment`);
    expect(JSON.parse(body.toString())).toEqual({
      method: 'POST',
      url: '/path?q=1',
      body: 'grüezi',
      custom: 'yes',
      host: `127.0.0.1:${server.port}`,
    });
  });

  it('keeps the name of the URL for the Host header and for TLS although an address is dialled', async () => {
    const hosts: (string | undefined)[] = [];
    const plain = await serve((request, response) => {
      hosts.push(request.headers.host);
      response.end();
    });
    let hello = '';
    const secure = await keep(
      tcpServer((socket) => {
        socket.once('data', (bytes: Buffer) => {
          hello = bytes.toString('latin1');
          socket.destroy();
        });
      }),
    );
    const through = egress({ resolve: () => Promise.resolve(['127.0.0.1']) });
    await call(through, { url: `http://service.example:${plain.port}/` });
    expect(hosts).toEqual([`service.example:${plain.port}`]);
    const { response } = await call(through, { url: `https://service.example:${secure.port}/` });
    expect(response).toMatchObject({ kind: 'failed', reason: 'unreachable' });
    expect(hello).toContain('service.example');
  });

  it('uses connections again, and closes it in the end', async () => {
    const server = await serve((_, response) => response.end('ok'));
    const through = egress();
    for (let count = 0; count < 10; count += 1) await call(through, { url: server.url });
    expect(server.connections()).toBeLessThan(5);
    await through.close();
    await until(() => server.open() === 0);
  });

  it('goes through no proxy of the environment', async () => {
    const server = await serve((_, response) => response.end('direct'));
    const proxy = await serve((_, response) => response.end('proxied'));
    const before = process.env['http_proxy'];
    process.env['http_proxy'] = proxy.url;
    try {
      const { body } = await call(egress(), { url: server.url });
      expect(body.toString()).toBe('direct');
      expect(proxy.connections()).toBe(0);
    } finally {
      if (before === undefined) delete process.env['http_proxy'];
      else process.env['http_proxy'] = before;
    }
  });

  it.each([
    ['a line feed', { 'X-A': 'a\nX-B: b' }],
    ['a carriage return', { 'X-A': 'a\rb' }],
    ['NUL', { 'X-A': 'a\0b' }],
    ['a character beyond Latin-1', { 'X-A': 'a→b' }],
    ['a line break in a name', { 'X-A\r\nX-B': 'b' }],
    ['a space in a name', { 'X A': 'b' }],
    ['a name twice', { 'X-A': '1', 'x-a': '2' }],
    ['Host', { Host: 'other' }],
    ['Content-Length', { 'content-length': '3' }],
    ['Transfer-Encoding', { 'Transfer-Encoding': 'chunked' }],
    ['Connection', { CONNECTION: 'upgrade' }],
    ['Expect', { Expect: '100-continue' }],
    ['too many headers', Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`x-${i}`, '']))],
    ['too large headers', { 'X-A': 'a'.repeat(130_000), 'X-B': 'b'.repeat(10_000) }],
  ])('with %s in its headers is refused before anything is sent', async (_, headers) => {
    const server = await serve((_request, response) => response.end());
    const { response } = await call(egress(), { url: server.url, headers });
    expect(response).toMatchObject({ kind: 'failed', reason: 'bad_request' });
    expect(response).not.toHaveProperty('message', expect.stringMatching(/[\r\n\0]/));
    expect(server.connections()).toBe(0);
  });

  it.each([
    ['ftp://127.0.0.1/', 'Only http and https'],
    ['file:///etc/hosts', 'Only http and https'],
    ['javascript:1', 'Only http and https'],
    ['http://user:pass@127.0.0.1/', 'user name'],
    ['http://user@127.0.0.1/', 'user name'],
    ['/relative', 'cannot be read'],
    ['http://', 'cannot be read'],
    ['http://[::1', 'cannot be read'],
    ['http://127.0.0.1:99999/', 'cannot be read'],
    [`http://127.0.0.1/${'a'.repeat(9_000)}`, 'cannot be read'],
  ])('to %s is refused', async (url, message) => {
    const { response } = await call(egress(), { url });
    expect(response).toMatchObject({ kind: 'failed', reason: 'bad_request' });
    expect(response).toHaveProperty('message', expect.stringContaining(message));
  });

  it.each(['CONNECT', 'trace', 'GET /x HTTP/1.1\r\nA: b', ''])(
    'with the method %j is refused',
    async (method) => {
      const { response } = await call(egress(), { url: 'http://127.0.0.1:1/', method });
      expect(response).toMatchObject({ kind: 'failed', reason: 'bad_request', detail: 'method' });
    },
  );
});

describe('a redirect', () => {
  it('takes the headers and the body along to the same origin', async () => {
    const seen: unknown[] = [];
    const server = await serve(async (request, response) => {
      const { url, method, headers } = request;
      seen.push({ url, method, key: headers['x-api-key'], body: await bodyOf(request) });
      if (url === '/') response.writeHead(307, { Location: '/next' });
      response.end('done');
    });
    const { response, body } = await call(egress(), {
      method: 'POST',
      url: server.url,
      headers: { 'X-Api-Key': 'k' },
      body: 'b',
    });
    expect(seen).toEqual([
      { url: '/', method: 'POST', key: 'k', body: 'b' },
      { url: '/next', method: 'POST', key: 'k', body: 'b' },
    ]);
    expect(response).toMatchObject({ kind: 'answered', status: 200, url: `${server.url}next` });
    expect(body.toString()).toBe('done');
  });

  it("takes none of the caller's headers to another origin, nor back again", async () => {
    const seen: Record<string, unknown>[] = [];
    const note = (request: IncomingMessage): void => {
      const { authorization, cookie, accept } = request.headers;
      seen.push({ authorization, cookie, accept, key: request.headers['x-api-key'] });
    };
    const other = await serve((request, response) => {
      note(request);
      response.writeHead(302, { Location: `http://127.0.0.1:${first.port}/back` }).end();
    });
    const first = await serve((request, response) => {
      note(request);
      if (request.url === '/') response.writeHead(302, { Location: other.url });
      response.end();
    });
    const headers = {
      Authorization: 'Bearer t',
      Cookie: 'c=1',
      'X-Api-Key': 'k',
      Accept: 'text/plain',
    };
    const { response } = await call(egress(), { url: first.url, headers });
    expect(response).toMatchObject({ kind: 'answered', status: 200 });
    const bare = {
      authorization: undefined,
      cookie: undefined,
      key: undefined,
      accept: 'text/plain',
    };
    expect(seen).toEqual([
      { authorization: 'Bearer t', cookie: 'c=1', key: 'k', accept: 'text/plain' },
      bare,
      bare,
    ]);
  });

  it.each([301, 302, 303])('with status %i makes a POST a GET without a body', async (status) => {
    const seen: unknown[] = [];
    const server = await serve(async (request, response) => {
      const type = request.headers['content-type'];
      seen.push([request.method, type, await bodyOf(request)]);
      if (request.url === '/') response.writeHead(status, { Location: '/next' });
      response.end();
    });
    const headers = { 'Content-Type': 'text/plain' };
    await call(egress(), { method: 'POST', url: server.url, body: 'b', headers });
    expect(seen).toEqual([
      ['POST', 'text/plain', 'b'],
      ['GET', undefined, ''],
    ]);
  });

  it.each([307, 308])(
    'with status %i sends the body to another origin only when asked to',
    async (status) => {
      const bodies: string[] = [];
      const other = await serve(async (request, response) => {
        bodies.push(await bodyOf(request));
        response.end();
      });
      const server = await serve((_, response) =>
        response.writeHead(status, { Location: other.url }).end(),
      );
      const request = { method: 'POST', url: server.url, body: 'private' };
      const refused = await call(egress(), request);
      expect(refused.response).toMatchObject({
        kind: 'failed',
        reason: 'bad_redirect',
        head: { status },
      });
      expect(other.connections()).toBe(0);
      const sent = await call(egress(), { ...request, redirects: 'follow_with_body' });
      expect(sent.response).toMatchObject({ kind: 'answered', status: 200 });
      expect(bodies).toEqual(['private']);
    },
  );

  it(`is followed ${REDIRECTS_MAX} times and not once more`, async () => {
    const server = await serve((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left > 0) response.writeHead(302, { Location: `/${left - 1}` });
      response.end();
    });
    const enough = await call(egress(), { url: `${server.url}${REDIRECTS_MAX}` });
    expect(enough.response).toMatchObject({ kind: 'answered', status: 200 });
    const tooMany = await call(egress(), { url: `${server.url}${REDIRECTS_MAX + 1}` });
    expect(tooMany.response).toMatchObject({
      kind: 'failed',
      reason: 'bad_redirect',
      detail: 'too_many',
    });
  });

  it.each([
    ['http://169.254.169.254/latest/meta-data/', 'egress_refused'],
    ['http://[::ffff:169.254.169.254]/', 'egress_refused'],
    ['http://metadata.google.internal/', 'egress_refused'],
    ['http://0.0.0.0:1/', 'egress_refused'],
    ['file:///etc/hosts', 'bad_redirect'],
    ['http://user:pass@127.0.0.1/', 'bad_redirect'],
    ['http://[', 'bad_redirect'],
  ])('to %s is not followed', async (location, reason) => {
    const server = await serve((_, response) =>
      response.writeHead(302, { Location: location }).end(),
    );
    const { response } = await call(egress(), { url: server.url });
    expect(response).toMatchObject({ kind: 'failed', reason, head: { status: 302 } });
  });

  it('is handed over as it is when none is to be followed', async () => {
    const server = await serve((_, response) =>
      response.writeHead(302, { Location: '/x' }).end('moved'),
    );
    const { response, body } = await call(egress(), { url: server.url, redirects: 'none' });
    expect(response).toMatchObject({ kind: 'answered', status: 302 });
    expect(body.toString()).toBe('moved');
  });
});

describe('the address policy', () => {
  it.each([
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '[::ffff:127.0.0.1]',
    '①②⑦.0.0.1',
  ])('reaches loopback from a laptop and refuses it when shared, written as %s', async (host) => {
    const server = await serve((_, response) => response.end('in'));
    const url = `http://${host}:${server.port}/`;
    const shared = await call(egress({ profile: 'shared' }), { url });
    expect(shared.response).toMatchObject({ reason: 'egress_refused', detail: 'loopback' });
    expect(server.connections()).toBe(0);
    const laptop = await call(egress(), { url });
    expect(laptop.response).toMatchObject({ kind: 'answered', status: 200 });
  });

  it.each(['[::127.0.0.1]', '0', '[::]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]'])(
    'never dials %s',
    async (host) => {
      const server = await keep(httpServer((_, response) => response.end(), '::'));
      const url = `http://${host}:${server.port}/`;
      for (const profile of ['laptop', 'shared'] as const) {
        const { response } = await call(egress({ profile }), { url });
        expect(response).toMatchObject({ kind: 'failed', reason: 'egress_refused' });
      }
      expect(server.connections()).toBe(0);
    },
  );

  it('asks for the addresses of a name once per connection, and checks each answer', async () => {
    const server = await keep(
      httpServer(
        (_, response) => response.writeHead(200, { Connection: 'close' }).end(),
        '0.0.0.0',
      ),
    );
    // 127.0.0.1 stands for a public address; the second answer rebinds the name to another one.
    const answers = [['127.0.0.1'], ['127.0.0.2']];
    let asked = 0;
    const through = egress({
      profile: 'shared',
      allow: ['127.0.0.1/32'],
      resolve: () => Promise.resolve(answers[asked++] ?? []),
    });
    const url = `http://rebinding.example:${server.port}/`;
    expect((await call(through, { url })).response).toMatchObject({ kind: 'answered' });
    expect(asked).toBe(1);
    const second = await call(through, { url });
    expect(second.response).toMatchObject({ reason: 'egress_refused', detail: 'loopback' });
    expect(asked).toBe(2);
    expect(server.connections()).toBe(1);
  });

  it.each([
    [['127.0.0.1', '169.254.169.254']],
    [['169.254.169.254', '127.0.0.1']],
    [['127.0.0.1', '127.0.0.2']],
    [['127.0.0.1', '::1']],
    [['127.0.0.1', '::127.0.0.1']],
    [['127.0.0.1', 'nonsense']],
  ])('refuses a name with the addresses %j when one of them is forbidden', async (addresses) => {
    const server = await serve((_, response) => response.end());
    const through = egress({
      profile: 'shared',
      allow: ['127.0.0.1/32'],
      resolve: () => Promise.resolve(addresses),
    });
    const { response } = await call(through, { url: `http://mixed.example:${server.port}/` });
    expect(response).toMatchObject({ kind: 'failed', reason: 'egress_refused' });
    expect(server.connections()).toBe(0);
  });

  it('tries the next address of a name when one does not answer', async () => {
    const server = await serve((_, response) => response.end('second'));
    const through = egress({ resolve: () => Promise.resolve(['127.0.0.3', '127.0.0.1']) });
    const { body } = await call(through, { url: `http://two.example:${server.port}/` });
    expect(body.toString()).toBe('second');
  });

  it('refuses the own port by address, by name and behind a redirect', async () => {
    const own = await serve((_, response) => response.end('approved'));
    const server = await serve((_, response) =>
      response.writeHead(302, { Location: own.url }).end(),
    );
    const through = egress({
      allow: ['127.0.0.0/8'],
      ownEndpoints: () => [{ host: '127.0.0.1', port: own.port }],
      resolve: () => Promise.resolve(['127.0.0.1']),
    });
    for (const url of [
      own.url,
      `http://0x7f.1:${own.port}/`,
      `http://any.example:${own.port}/`,
      server.url,
    ]) {
      const { response } = await call(through, { url });
      expect(response).toMatchObject({
        kind: 'failed',
        reason: 'egress_refused',
        detail: 'own_endpoint',
      });
    }
    expect(own.connections()).toBe(0);
  });

  it('says the same of refused, closed and unknown addresses when the daemon is shared', async () => {
    const port = await closedPort();
    const through = egress({
      profile: 'shared',
      allow: ['127.0.0.1/32'],
      resolve: (host) =>
        host === 'private.example'
          ? Promise.resolve(['10.0.0.1'])
          : Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
    });
    const urls = [
      `http://127.0.0.1:${port}/`,
      'http://127.0.0.2/',
      'http://10.0.0.1/',
      'http://private.example/',
      'http://unknown.example/',
      'http://169.254.169.254/',
    ];
    const messages = new Set<string>();
    for (const url of urls) {
      const { response } = await call(through, { url });
      messages.add(response.kind === 'failed' ? response.message : 'answered');
    }
    expect([...messages]).toEqual([expect.stringContaining('could not be reached, or')]);
  });

  it('says what is wrong when the daemon has one user', async () => {
    const closed = await call(egress(), { url: `http://127.0.0.1:${await closedPort()}/` });
    expect(closed.response).toMatchObject({ reason: 'unreachable', detail: 'ECONNREFUSED' });
    expect(closed.response).toHaveProperty('message', expect.stringContaining('Nothing listens'));
    const metadata = await call(egress(), { url: 'http://169.254.169.254/' });
    expect(metadata.response).toHaveProperty('message', expect.stringContaining('metadata'));
  });
});

describe('a server', () => {
  it('that accepts and never answers is left at the timeout, and its connection ends', async () => {
    const server = await keep(tcpServer(() => {}));
    const { response } = await call(egress(), { url: server.url, timeoutMs: 60 });
    expect(response).toMatchObject({ kind: 'failed', reason: 'timed_out', head: undefined });
    await until(() => server.open() === 0);
  });

  it('that sends a byte at a time does not stretch the timeout', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(timer));
    });
    const { response, body } = await call(egress(), { url: server.url, timeoutMs: 150 });
    expect(response).toMatchObject({ kind: 'failed', reason: 'timed_out', head: { status: 200 } });
    expect(body.length).toBeGreaterThan(0);
    await until(() => server.open() === 0);
  });

  it('is left at once, with its connection, when the signal aborts', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/body') response.writeHead(200).write('begun');
    });
    for (const path of ['', 'body']) {
      const controller = new AbortController();
      const calling = call(egress(), { url: server.url + path, signal: controller.signal });
      await until(() => server.open() === 1);
      controller.abort('cancelled');
      expect((await calling).response).toMatchObject({ kind: 'failed', reason: 'aborted' });
      await until(() => server.open() === 0);
    }
  });

  it('is not called at all when the signal has aborted before', async () => {
    const server = await serve((_, response) => response.end());
    const { response } = await call(egress(), { url: server.url, signal: AbortSignal.abort() });
    expect(response).toMatchObject({ kind: 'failed', reason: 'aborted' });
  });

  it('whose name is never resolved is left when the signal aborts', async () => {
    const through = egress({ resolve: () => new Promise(() => {}) });
    const { response } = await call(through, { url: 'http://slow.example/', timeoutMs: 30 });
    expect(response).toMatchObject({ kind: 'failed', reason: 'timed_out' });
  });

  it('that resets the connection is unreachable', async () => {
    const server = await keep(
      tcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
    );
    const { response } = await call(egress(), { url: server.url });
    expect(response).toMatchObject({ kind: 'failed', reason: 'unreachable', head: undefined });
  });

  it('that breaks off within the body has not answered', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('half', () => response.destroy());
    });
    const { response, body } = await call(egress(), { url: server.url });
    expect(response).toMatchObject({
      kind: 'failed',
      reason: 'unreachable',
      head: { status: 200 },
    });
    expect(body.toString()).toBe('half');
  });

  it('that does not speak HTTP is told apart', async () => {
    const server = await keep(tcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    const { response } = await call(egress(), { url: server.url });
    expect(response).toMatchObject({ kind: 'failed', reason: 'bad_response' });
  });

  it('that sends endless headers is left', async () => {
    const server = await keep(
      tcpServer((socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        for (let count = 0; count < 2_000; count += 1)
          socket.write(`x-${count}: ${'a'.repeat(100)}\r\n`);
      }),
    );
    const { response } = await call(egress(), { url: server.url });
    expect(response).toMatchObject({ kind: 'failed', reason: 'bad_response' });
  });
});

describe('a body', () => {
  it('is handed over up to its bound, then counted, then left', async () => {
    const server = await serve((_, response) => {
      const more = (): void => {
        while (response.write(Buffer.alloc(16_384, 'a')));
        response.once('drain', more);
      };
      more();
    });
    const { response, body } = await call(egress(), {
      url: server.url,
      bodyBytesMax: 100_000,
      readBytesMax: 500_000,
    });
    expect(body.length).toBe(100_000);
    expect(response).toMatchObject({ kind: 'answered', isCut: true });
    const bodyBytes = response.kind === 'answered' ? response.bodyBytes : 0;
    expect(bodyBytes).toBeGreaterThanOrEqual(500_000);
    expect(bodyBytes).toBeLessThan(600_000);
    await until(() => server.open() === 0);
  });

  it('that ends after its bound is counted in full', async () => {
    const server = await serve((_, response) => response.end(Buffer.alloc(50_000)));
    const { response, body } = await call(egress(), { url: server.url, bodyBytesMax: 10 });
    expect(body.length).toBe(10);
    expect(response).toMatchObject({ kind: 'answered', bodyBytes: 50_000, isCut: true });
  });

  it.each([
    ['gzip', gzipSync('unpacked')],
    ['x-gzip', gzipSync('unpacked')],
    ['br', brotliCompressSync('unpacked')],
    ['deflate', deflateSync('unpacked')],
    ['zstd', zstdCompressSync('unpacked')],
    ['identity', Buffer.from('unpacked')],
    ['unheard-of', Buffer.from('unpacked')],
  ])('compressed with %s is unpacked', async (coding, packed) => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'Content-Encoding': coding }).end(packed);
    });
    const { body } = await call(egress(), { url: server.url });
    expect(body.toString()).toBe('unpacked');
  });

  it.each([
    ['HEAD', 200],
    ['GET', 200],
    ['GET', 204],
  ])('that is empty needs no unpacking (%s, %i)', async (method, status) => {
    const server = await serve((_, response) => {
      const length = status === 204 ? {} : { 'Content-Length': 0 };
      response.writeHead(status, { 'Content-Encoding': 'gzip', ...length }).end();
    });
    const { response } = await call(egress(), { url: server.url, method });
    expect(response).toMatchObject({ kind: 'answered', bodyBytes: 0 });
  });

  it('is bounded by its unpacked size', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const server = await serve((_, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb);
    });
    const { response, body } = await call(egress(), {
      url: server.url,
      bodyBytesMax: 100_000,
      readBytesMax: 1_000_000,
    });
    expect(bomb.length).toBeLessThan(100_000);
    expect(body.length).toBe(100_000);
    expect(response).toMatchObject({ kind: 'answered', isCut: true });
    expect(response.kind === 'answered' && response.bodyBytes).toBeLessThan(1_100_000);
  });

  it.each([
    ['gzip', 'cut', gzipSync('unpacked'.repeat(100)).subarray(0, 25)],
    ['gzip', 'garbage', Buffer.from('plain text')],
    ['br', 'garbage', Buffer.from('plain text')],
    ['zstd', 'garbage', Buffer.from('plain text')],
  ])('whose compression is broken is a bad response (%s, %s)', async (coding, _, packed) => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': coding }).end(packed);
    });
    const { response } = await call(egress(), { url: server.url });
    expect(response).toMatchObject({
      kind: 'failed',
      reason: 'bad_response',
      head: { status: 200 },
    });
  });

  it('waits for the one who takes it', async () => {
    const server = await serve((_, response) => response.end(Buffer.alloc(500_000)));
    let under = 0;
    let most = 0;
    await call(egress(), {
      url: server.url,
      onBody: async () => {
        under += 1;
        most = Math.max(most, under);
        await Promise.resolve();
        under -= 1;
      },
    });
    expect(most).toBe(1);
  });

  it('passes on what its taker throws', async () => {
    const server = await serve((_, response) => response.end('x'));
    const calling = call(egress(), {
      url: server.url,
      onBody: () => {
        throw new RangeError('a defect');
      },
    });
    await expect(calling).rejects.toThrow(RangeError);
    await until(() => server.open() <= 1);
  });
});
