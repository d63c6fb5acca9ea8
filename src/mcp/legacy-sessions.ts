import { randomUUID } from 'node:crypto';
import {
  type AuthInfo,
  isInitializeRequest,
  type McpServerFactory,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { Principal } from '../domain/principal.ts';
import { eventRing } from './event-ring.ts';
import type { McpDeps } from './mcp-deps.ts';

/** The sessions of 2025 clients: servers that are asked over several requests. */
export type LegacySessions = {
  fetch(
    request: Request,
    principal: Principal,
    authInfo: AuthInfo,
    body: unknown,
  ): Promise<Response>;
  close(): Promise<void>;
};

// Clients rarely end their sessions, so they end by themselves.
const IDLE_MS_MAX = 30 * 60_000;
const SWEEP_MS = 60_000;
const SESSIONS_MAX = 256;
const RETRY_MS = 2_000;

type Session = {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  /** A session id is no credential: only who began it may go on with it. */
  readonly principalId: string;
  /** Streams that the client listens to. */
  open: number;
  usedMs: number;
};

export function legacySessions(deps: McpDeps, factory: McpServerFactory): LegacySessions {
  const sessions = new Map<string, Session>();
  let stopTimer: (() => void) | undefined;

  const drop = async (id: string): Promise<void> => {
    const session = sessions.get(id);
    sessions.delete(id);
    await session?.transport.close();
  };
  const sweep = (): void => {
    stopTimer = undefined;
    const oldestMs = deps.clock.monotonicMs() - IDLE_MS_MAX;
    for (const [id, session] of sessions) {
      if (session.open === 0 && session.usedMs <= oldestMs) {
        drop(id).catch((error: unknown) => deps.log.error('A session did not close.', {}, error));
      }
    }
    if (sessions.size > 0) stopTimer = deps.clock.setTimer(SWEEP_MS, sweep);
  };
  const keep = async (id: string, session: Session): Promise<void> => {
    if (sessions.size >= SESSIONS_MAX) {
      const [oldest] = [...sessions].sort(([, one], [, other]) => one.usedMs - other.usedMs);
      if (oldest !== undefined) await drop(oldest[0]);
    }
    sessions.set(id, session);
    stopTimer ??= deps.clock.setTimer(SWEEP_MS, sweep);
  };

  const begin = async (
    request: Request,
    principal: Principal,
    authInfo: AuthInfo,
    body: unknown,
  ): Promise<Response> => {
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      eventStore: eventRing(),
      retryInterval: RETRY_MS,
      onsessioninitialized: (id) =>
        keep(id, {
          transport,
          principalId: principal.id,
          open: 0,
          usedMs: deps.clock.monotonicMs(),
        }),
      onsessionclosed: (id) => {
        sessions.delete(id);
      },
    });
    const server = await factory({ era: 'legacy', authInfo, requestInfo: request });
    await server.connect(transport);
    return transport.handleRequest(request, { authInfo, parsedBody: body });
  };

  return {
    fetch: async (request, principal, authInfo, body) => {
      const id = request.headers.get('mcp-session-id');
      if (id === null) {
        return request.method === 'POST' && isInitializeRequest(body)
          ? begin(request, principal, authInfo, body)
          : problem(400, -32_000, 'Bad Request: a session is needed; begin one with initialize.');
      }
      const session = sessions.get(id);
      if (session === undefined || session.principalId !== principal.id) {
        return problem(404, -32_001, 'Session not found: begin a new one with initialize.');
      }
      session.usedMs = deps.clock.monotonicMs();
      if (request.method === 'GET') watch(session, request.signal, deps);
      return session.transport.handleRequest(request, { authInfo, parsedBody: body });
    },
    close: async () => {
      stopTimer?.();
      await Promise.all([...sessions.keys()].map(drop));
    },
  };
}

function watch(session: Session, signal: AbortSignal, deps: McpDeps): void {
  session.open += 1;
  signal.addEventListener(
    'abort',
    () => {
      session.open -= 1;
      session.usedMs = deps.clock.monotonicMs();
    },
    { once: true },
  );
}

function problem(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });
}
