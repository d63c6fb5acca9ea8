import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { ScopeRefusal } from '../domain/principal.ts';
import { PendingApproval } from '../domain/policy/approval.ts';
import { Refusal } from '../domain/refusal.ts';
import { viewPending } from '../api/approval-view.ts';
import { openApiDocument } from '../api/openapi.ts';
import { API_ROUTES } from '../api/routes/api-routes.ts';
import { authenticate, challengeOf, type Caller } from './authenticate.ts';
import { mountBackup } from './backup-door.ts';
import { jsonOrNothing } from './body-object.ts';
import { lostPage, mountDashboard } from './dashboard.ts';
import { eventStream } from './event-stream.ts';
import { foreignTo } from './guard.ts';
import { mountHooks } from './hook-door.ts';
import type { HttpApp, HttpContext, HttpEnv } from './http-context.ts';
import type { AccessMount, HttpDeps } from './http-deps.ts';
import { type Metrics, openMetrics } from './metrics.ts';
import { problemResponse } from './problem.ts';
import { BODY_BYTES_MAX, readBody } from './read-body.ts';
import { serveRoute } from './serve-route.ts';
import { mountSurfaceRoutes } from './surface-routes.ts';

/** The HTTP door: guards first, on every path; then the routes. */
export function createHttpApp(deps: HttpDeps): HttpApp {
  const app: HttpApp = new Hono<HttpEnv>();

  // The page itself shows nothing: what it shows comes from the API.
  mountGuards(app, deps.allowedHosts, ['/', ...(deps.access?.pages ?? [])]);
  if (deps.hooks !== undefined) mountHooks(app, deps.hooks, deps.clock, deps.surfaces);
  mountBodies(app);

  app.get('/healthz', (c) => c.json({ ok: true }));

  const requireCaller = callerOf(deps, 'api');
  app.use('/mcp', callerOf(deps, 'mcp'));
  app.use('/api/*', requireCaller);

  const { mcp, access } = deps;
  if (access !== undefined) mountAccess(app, access);
  if (mcp !== undefined) {
    app.all('/mcp', (c) => {
      const body = c.get('body');
      return mcp.fetch(withBody(c.req.raw, body), c.get('principal'), jsonOrNothing(body));
    });
  }

  app.get('/api/v1/events', async (c) => {
    const services = deps.servicesFor(c.get('principal'));
    const seen = c.req.header('last-event-id') ?? c.req.query('after');
    const last = await services.lastChangeId();
    const after = seen === undefined ? last : eventId(seen);
    const start = (await services.canReplayAfter(after))
      ? { kind: 'after' as const, id: after }
      : { kind: 'resync' as const, id: last };
    const signals = [
      c.req.raw.signal,
      endOfCaller(deps, c),
      ...(deps.stopping === undefined ? [] : [deps.stopping]),
    ];
    const stream = eventStream(
      services,
      deps.announcer,
      deps.clock,
      start,
      AbortSignal.any(signals),
    );
    return new Response(stream, {
      headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
    });
  });

  mountMetrics(app, deps, requireCaller);
  mountBackup(app, deps);

  app.get('/api/v1/openapi.json', (c) => c.json(openApiDocument(deps.version)));
  for (const route of API_ROUTES) {
    app.on(route.method, `/api/v1${route.path}`, (c) => serveRoute(c, deps, route));
  }

  for (const surface of deps.surfaces) mountSurfaceRoutes(app, deps, surface, requireCaller);

  const { dashboard } = deps;
  if (dashboard !== undefined) mountDashboard(app, dashboard);

  app.notFound(
    (c) =>
      (dashboard && lostPage(c, dashboard)) ??
      problemResponse(
        new Refusal(
          'not_found',
          `There is no ${c.req.method} ${JSON.stringify(c.req.path.slice(0, 200))}.`,
          'docs/http-api.md lists what there is.',
        ),
      ),
  );
  app.onError((error, c) => {
    if (error instanceof PendingApproval) {
      return Response.json(viewPending(error, deps.zone), { status: ACCEPTED });
    }
    if (error instanceof ScopeRefusal) {
      const { raw } = c.req;
      const detail = ', error="insufficient_scope"';
      return problemResponse(error, 403, {
        'www-authenticate': challengeOf(raw, deps.auth, error.scopes, detail),
      });
    }
    if (error instanceof Refusal) return problemResponse(error);
    const reference = randomBytes(REFERENCE_BYTES).toString('hex');
    deps.log.error('A request met a defect.', { reference }, error);
    return problemResponse(
      new Refusal(
        'internal',
        `Something went wrong inside Carillon (reference ${reference}).`,
        'The log of the daemon has the details under this reference.',
      ),
    );
  });
  return app;
}

/** Lets those pass of whom `auth` knows who they are. */
export function callerOf(deps: Pick<HttpDeps, 'auth'>, door: Caller['door']) {
  return async (c: HttpContext, next: () => Promise<void>): Promise<Response | undefined> => {
    const caller = { request: c.req.raw, from: addressOf(c), door };
    const principal = await authenticate(caller, deps.auth);
    if (principal instanceof Response) return principal;
    const { from } = caller;
    c.set('principal', { ...principal, from: from === undefined ? 'http' : `http ${from}` });
    await next();
    return undefined;
  };
}

/** How often a program that listens is asked for its token again, in milliseconds. */
const LET_IN_AGAIN_MS = 10_000;

/** Aborts when the token of the program behind the request no longer lets it in. */
function endOfCaller({ auth, clock }: HttpDeps, c: HttpContext): AbortSignal {
  const end = new AbortController();
  const { kind } = c.get('principal');
  if (kind === 'owner' || kind === 'person') return end.signal;
  const request = c.req.raw;
  const caller = { request, from: addressOf(c), door: 'api' } as const;
  const look = async (): Promise<void> => {
    if (request.signal.aborted) return;
    const principal = await authenticate(caller, auth);
    if (principal instanceof Response) end.abort();
    else plan();
  };
  const plan = (): void => {
    const stop = clock.setTimer(LET_IN_AGAIN_MS, () => {
      request.signal.removeEventListener('abort', stop);
      look().catch(() => end.abort());
    });
    request.signal.addEventListener('abort', stop, { once: true });
  };
  plan();
  return end.signal;
}

export function mountAccess(app: HttpApp, access: AccessMount): void {
  for (const path of access.paths) {
    app.all(path, (c) =>
      access.fetch({ request: c.req.raw, body: c.get('body'), from: addressOf(c) }),
    );
  }
}

/** The address that a request came from, when it is known. */
export function addressOf(c: HttpContext): string | undefined {
  return c.env?.incoming?.socket.remoteAddress;
}

/** Nothing is counted before somebody has asked for the first time. */
function mountMetrics(
  app: HttpApp,
  { announcer, servicesFor, stopping }: HttpDeps,
  requireCaller: ReturnType<typeof callerOf>,
): void {
  let metrics: Metrics | undefined;
  stopping?.addEventListener('abort', () => metrics?.close(), { once: true });
  app.use('/metrics', requireCaller);
  app.get('/metrics', async (c) => {
    metrics ??= openMetrics(announcer);
    const text = await metrics.text(servicesFor(c.get('principal')));
    return c.body(text, 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  });
}

/** What stands before every path: where the request comes from. */
export function mountGuards(
  app: HttpApp,
  allowedHosts: readonly string[],
  pages: readonly string[] = [],
): void {
  app.use('*', async (c, next) => {
    const foreign = foreignTo(
      {
        host: c.req.header('host') ?? new URL(c.req.url).host,
        origin: c.req.header('origin'),
        fetchSite: isVisit(c, pages) ? undefined : c.req.header('sec-fetch-site'),
        port: c.env?.incoming?.socket.localPort,
      },
      allowedHosts,
    );
    if (foreign === undefined) await next();
    else c.res = problemResponse(foreignRefusal(foreign));
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      if (!c.res.headers.has(name)) c.header(name, value);
    }
  });
}

/** Reads the body of every request that comes this far, up to its bound. */
export function mountBodies(app: HttpApp): void {
  app.use('*', async (c, next) => {
    const body = await readBody(c.req.raw);
    if (body.kind === 'too_large') return problemResponse(tooLarge(), 413);
    c.set('body', body.text);
    return next();
  });
}

/** Whether somebody follows a link to a page that others may lead to, and nothing is fetched or sent. */
function isVisit(c: HttpContext, pages: readonly string[]): boolean {
  const isNavigation =
    c.req.method === 'GET' &&
    c.req.header('sec-fetch-mode') === 'navigate' &&
    c.req.header('sec-fetch-dest') === 'document';
  const { path } = c.req;
  return isNavigation && pages.some((page) => path === page || path.startsWith(`${page}/`));
}

const REFERENCE_BYTES = 6;
/** What was asked for is kept, and not done yet. */
const ACCEPTED = 202;

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
} as const;

function foreignRefusal(foreign: 'host' | 'origin'): Refusal {
  return foreign === 'host'
    ? new Refusal(
        'forbidden',
        'The Host header names another machine.',
        'Call the daemon by localhost or 127.0.0.1 and its port, or allow the name in its configuration.',
      )
    : new Refusal('forbidden', 'Requests from the pages of other sites are not served.');
}

function tooLarge(): Refusal {
  return new Refusal(
    'invalid',
    `The body is larger than ${BODY_BYTES_MAX} bytes.`,
    'Put large inputs into a file on the machine of the daemon and name it in the task.',
  );
}

/** The same request, with the body that was read from it. */
export function withBody(request: Request, body: string): Request {
  const { url, method, headers, signal } = request;
  const hasBody = method !== 'GET' && method !== 'HEAD' && body !== '';
  return new Request(url, { method, headers, signal, ...(hasBody ? { body } : {}) });
}

function eventId(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Refusal(
    'invalid',
    `${JSON.stringify(text.slice(0, 40))} is not the id of an event.`,
    'Send the id of the last event that was seen, or none.',
  );
}
