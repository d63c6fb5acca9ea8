import type { IncomingMessage } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import type { MessageAction } from '../../../src/domain/action.ts';
import { createEgress } from '../../../src/egress/egress.ts';
import { messageExecutor } from '../../../src/executors/message/message-executor.ts';
import { httpServer } from '../../egress/servers.ts';
import { HOSTILE_TEXTS } from '../../support/hostile-texts.ts';
import { quietLog } from '../../support/quiet-log.ts';
import { RUN } from '../../support/run.ts';
import { setClock } from '../../support/set-clock.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

type Got = { readonly request: IncomingMessage; readonly body: string };

async function deliver(changes: Partial<MessageAction> = {}, status = 202) {
  const got: Got[] = [];
  const server = await httpServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      got.push({ request, body });
      response.writeHead(status).end('thanks');
    });
  });
  const egress = createEgress({ profile: 'laptop', allow: [], ownEndpoints: () => [] });
  closers.push(server.close, () => egress.close());
  let output = '';
  const executor = messageExecutor({ egress, clock: setClock(), log: quietLog() });
  const outcome = await executor.execute(
    {
      run: RUN,
      attempt: 2,
      action: {
        kind: 'message',
        endpoint: `${server.url}inbox?x=1`,
        method: 'POST',
        text: 'Good morning',
        contentType: 'text/plain; charset=utf-8',
        headers: { 'X-Key': { kind: 'secret', secret: 'KEY' } },
        info: { thread: 'not to be sent' },
        ...changes,
      },
      grants: new Map([['KEY', 'hidden-value']]),
    },
    {
      write: (_stream, bytes) => {
        output += Buffer.from(bytes).toString();
      },
      skip: () => undefined,
      isHeadFull: false,
      get bytes() {
        return output.length;
      },
      isCut: false,
      restart: () => undefined,
      observe: () => undefined,
    },
    new AbortController().signal,
  );
  return { outcome, got, output };
}

it('delivers the text with its type and headers, under the id of the run, and keeps the rest here', async () => {
  const { outcome, got, output } = await deliver();
  expect(outcome).toMatchObject({ kind: 'succeeded', result: { httpStatus: 202 } });
  expect(got).toHaveLength(1);
  const [{ request, body } = { request: undefined, body: '' }] = got;
  expect([request?.method, request?.url, body]).toEqual(['POST', '/inbox?x=1', 'Good morning']);
  expect(request?.headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'idempotency-key': RUN.id,
    'x-carillon-attempt': '2',
    'x-key': 'hidden-value',
  });
  expect(JSON.stringify(request?.rawHeaders) + body).not.toContain('not to be sent');
  expect(output).toBe('thanks');
});

it('delivers every text byte for byte, by the method that was asked for', async () => {
  const text = HOSTILE_TEXTS.join('\n');
  const { got } = await deliver({ text, method: 'PUT', contentType: 'application/x-own' });
  expect(got[0]?.body).toBe(text);
  expect(got[0]?.request.method).toBe('PUT');
  expect(got[0]?.request.headers['content-type']).toBe('application/x-own');
});

it('lets a header say another type than the message', async () => {
  const headers = { 'content-type': { kind: 'text', text: 'text/markdown' } } as const;
  const { got } = await deliver({ headers });
  expect(got[0]?.request.headers['content-type']).toBe('text/markdown');
});

it.each([
  [400, false],
  [503, true],
])('fails when the endpoint answers with %i', async (status, retryable) => {
  const { outcome } = await deliver({}, status);
  expect(outcome).toMatchObject({ kind: 'failed', reason: 'http_status', retryable });
});
