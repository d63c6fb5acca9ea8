import { ApiProblem } from '../client/api-problem.ts';
import { type ClientOptions, sendRequest } from '../client/send-request.ts';
import { daemonFiles } from '../installation/daemon-files.ts';
import type { DaemonNotice } from '../installation/daemon-notice.ts';
import { readToken } from '../installation/token.ts';
import type { RefusalCode } from '../domain/refusal.ts';
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
  const options = {
    origin: `http://${http.host.includes(':') ? `[${http.host}]` : http.host}:${String(http.port)}`,
    token,
    headers: { 'user-agent': `carillon-cli/${packageVersion()}` },
  };
  return { ask: (request) => ask(options, request) };
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

async function ask(options: ClientOptions, request: ApiRequest): Promise<unknown> {
  try {
    return await sendRequest(options, request);
  } catch (error) {
    if (error instanceof ApiProblem) throw failureOf(error);
    throw error;
  }
}

function failureOf({ status, code, message, hint }: ApiProblem): CliFailure {
  if (status === 0)
    return new CliFailure(EXIT.noDaemon, 'no_daemon', message, 'Type: carillon status');
  const exitCode =
    status === 401 || status === 403
      ? EXIT.notAuthorised
      : (EXIT_OF_REFUSAL as Readonly<Record<string, (typeof EXIT_OF_REFUSAL)[RefusalCode]>>)[code];
  return new CliFailure(
    exitCode ?? EXIT.failure,
    code,
    message,
    status === 401
      ? 'The token in the data folder is not the one of this daemon. Type: carillon status'
      : hint,
  );
}
