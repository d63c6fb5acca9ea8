import { request as startRequest, type IncomingMessage } from 'node:http';
import { daemonFiles } from '../installation/daemon-files.ts';
import type { DaemonNotice } from '../installation/daemon-notice.ts';
import { readToken } from '../installation/token.ts';
import { Refusal } from '../domain/refusal.ts';
import { packageVersion } from '../installation/package.ts';
import { CliFailure } from './cli-failure.ts';
import { connectDaemon } from './connect-daemon.ts';
import { talk, type Context } from './context.ts';
import { EXIT, EXIT_OF_REFUSAL } from './exit-codes.ts';
import { leaveOnInterrupt } from './leave-on-interrupt.ts';
import { startDaemon } from './start-daemon.ts';

type ApiRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`, with its query. */
  readonly path: string;
  readonly body?: unknown;
};

/** Asks the daemon of the data folder. */
export type Api = { ask(request: ApiRequest): Promise<unknown> };

/**
 * The daemon that runs now. Without one it is started when `mayStart` of the context says so, and
 * else the failure tells how to start it.
 */
export async function openApi(context: Context): Promise<Api> {
  leaveOnInterrupt();
  const { dataFolder } = context.places;
  const notice = (await runningDaemon(dataFolder)) ?? (await started(context));
  const { http } = notice;
  if (http === undefined) {
    throw new CliFailure(
      EXIT.noDaemon,
      'no_daemon',
      'The daemon has no HTTP door.',
      'Type: carillon down, then: carillon up',
    );
  }
  const token = readToken(daemonFiles(dataFolder).token);
  return { ask: (request) => ask({ ...http, token }, request) };
}

/** The notice of a daemon that answers. */
export async function runningDaemon(dataFolder: string): Promise<DaemonNotice | undefined> {
  const connected = await connectDaemon(dataFolder);
  connected?.socket.destroy();
  return connected?.notice;
}

function noDaemon(context: Context): CliFailure {
  return new CliFailure(
    EXIT.noDaemon,
    'no_daemon',
    `No daemon is running for ${context.places.dataFolder}.`,
    'Start it with: carillon up',
  );
}

async function started(context: Context): Promise<DaemonNotice> {
  if (!context.mayStart) throw noDaemon(context);
  const { socket, notice } = await startDaemon({
    dataFolder: context.places.dataFolder,
    environment: context.machine.environment,
    serveArguments: context.serveArguments,
  });
  socket.destroy();
  talk(
    context,
    `Started the daemon (process ${String(notice.pid)}) for ${context.places.dataFolder}.`,
  );
  return notice;
}

type Address = {
  readonly host: string;
  readonly port: number;
  readonly token: string | undefined;
};

function ask(address: Address, { method, path, body }: ApiRequest): Promise<unknown> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = startRequest(
      {
        host: address.host,
        port: address.port,
        method,
        path: `/api/v1${path}`,
        headers: {
          accept: 'application/json',
          'user-agent': `carillon-cli/${packageVersion()}`,
          ...(address.token === undefined ? {} : { authorization: `Bearer ${address.token}` }),
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        },
        timeout: ANSWER_MS_MAX,
      },
      (response) => {
        readAnswer(response).then(resolve, reject);
      },
    );
    request.on('timeout', () => {
      request.destroy();
      reject(unanswered('The daemon did not answer in time.'));
    });
    request.on('error', () => {
      reject(
        unanswered(`The daemon at ${address.host}:${String(address.port)} cannot be reached.`),
      );
    });
    request.end(text);
  });
}

/** Longer than any answer that the daemon waits for on purpose. */
const ANSWER_MS_MAX = 120_000;
const ANSWER_BYTES_MAX = 64 * 1_024 * 1_024;

function unanswered(message: string): CliFailure {
  return new CliFailure(EXIT.noDaemon, 'no_daemon', message, 'Type: carillon status');
}

async function readAnswer(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const buffer = chunk as Buffer;
    bytes += buffer.length;
    if (bytes > ANSWER_BYTES_MAX)
      throw new Refusal('internal', 'The answer of the daemon is too large.');
    chunks.push(buffer);
  }
  const text = Buffer.concat(chunks).toString();
  const status = response.statusCode ?? 0;
  const answer = text === '' ? undefined : parsed(text);
  if (status >= 200 && status < 300) return answer;
  throw failureOfAnswer(status, answer);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failureOfAnswer(status: number, answer: unknown): CliFailure {
  const error = errorIn(answer);
  const code = error?.code ?? 'internal';
  const exitCode =
    status === 401 || status === 403
      ? EXIT.notAuthorised
      : (EXIT_OF_REFUSAL as Readonly<Record<string, (typeof EXIT_OF_REFUSAL)[Refusal['code']]>>)[
          code
        ];
  const hint =
    status === 401
      ? 'The token in the data folder is not the one of this daemon. Type: carillon status'
      : error?.hint;
  return new CliFailure(
    exitCode ?? EXIT.failure,
    code,
    error?.message ?? `The daemon answered with status ${String(status)}.`,
    hint,
  );
}

type ProblemText = {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
};

/** An RFC 9457 problem, as the daemon answers. */
function errorIn(answer: unknown): ProblemText | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { code, detail, hint } = answer as Record<string, unknown>;
  if (typeof code !== 'string' || typeof detail !== 'string') return undefined;
  return { code, message: detail, hint: typeof hint === 'string' ? hint : undefined };
}
