import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import type { Surface } from '../api/surface.ts';
import { viewPending } from '../api/approval-view.ts';
import { PendingApproval } from '../domain/policy/approval.ts';
import { ScopeRefusal, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import { addressOf, callerOf, mountAccess, mountBodies, mountGuards, withBody } from './app.ts';
import { challengeOf } from './authenticate.ts';
import { jsonOrNothing } from './body-object.ts';
import type { HttpApp, HttpContext, HttpEnv } from './http-context.ts';
import type { AccessMount, HttpAuth, HttpDeps } from './http-deps.ts';
import { statusOf } from './problem.ts';
import { mountSurfaceRoutes } from './surface-routes.ts';

/** What the door of one profile needs. */
export type ProfileDeps = Pick<
  HttpDeps,
  'servicesFor' | 'log' | 'zone' | 'allowedHosts' | 'mcp'
> & {
  readonly surface: Pick<Surface, 'namespace' | 'routes'>;
  /** Whoever may call: by credentials of the profile's own, or those of the daemon. */
  readonly callers:
    | {
        readonly kind: 'own';
        /** Who a bearer token stands for; `undefined` when for nobody. */
        readonly principalOf: (token: string) => Principal | undefined;
      }
    | {
        readonly kind: 'daemon';
        /** @param path of the MCP endpoint that is asked. */
        readonly authAt: (path: string) => HttpAuth;
      };
  /** Paths at which MCP is served; `/mcp` alone when absent. */
  readonly mcpPaths?: readonly string[];
  readonly access?: AccessMount;
  /** Where senders call the webhooks of the surface. */
  readonly mountHooks?: (app: HttpApp) => void;
  /** Leads a browser to the dashboard. */
  readonly dashboard?: (request: Request, from: string | undefined) => Promise<Response>;
};

/** Where the older systems had theirs. */
const DASHBOARD_PATHS: readonly string[] = ['/', '/dashboard'];
const MCP_PATHS: readonly string[] = ['/mcp'];

/** The HTTP door of an older system, with its paths and none of Carillon's own, behind the same guards. */
export function createProfileApp(deps: ProfileDeps): HttpApp {
  const app: HttpApp = new Hono<HttpEnv>();
  const { mcp, callers, access, dashboard } = deps;
  const pages = dashboard === undefined ? [] : DASHBOARD_PATHS;
  mountGuards(app, deps.allowedHosts, [...pages, ...(access?.pages ?? [])]);
  deps.mountHooks?.(app);
  mountBodies(app);
  if (access !== undefined) mountAccess(app, access);
  for (const path of pages) {
    app.get(path, (c) => dashboard?.(c.req.raw, addressOf(c)) ?? c.notFound());
  }
  for (const path of mcp === undefined ? [] : (deps.mcpPaths ?? MCP_PATHS)) {
    app.use(path, requireCaller(callers, 'mcp', path));
    app.all(path, (c) => {
      const body = c.get('body');
      return (
        mcp?.fetch(withBody(c.req.raw, body), c.get('principal'), jsonOrNothing(body)) ??
        c.notFound()
      );
    });
  }
  mountSurfaceRoutes(app, deps, deps.surface, requireCaller(callers, 'api', '/mcp'));
  app.notFound((c) => c.body(null, 404));
  app.onError((error, c) => {
    if (error instanceof PendingApproval) {
      return Response.json(viewPending(error, deps.zone), { status: ACCEPTED });
    }
    if (error instanceof ScopeRefusal && callers.kind === 'daemon') {
      const { raw, path } = c.req;
      const detail = ', error="insufficient_scope"';
      const challenge = challengeOf(raw, callers.authAt(path), error.scopes, detail);
      return errorResponse(403, error.message, { 'www-authenticate': challenge });
    }
    if (error instanceof Refusal) {
      const { message, hint, code } = error;
      return errorResponse(statusOf(code), hint === undefined ? message : `${message} ${hint}`);
    }
    const reference = randomBytes(REFERENCE_BYTES).toString('hex');
    deps.log.error('A request met a defect.', { reference }, error);
    return errorResponse(500, `Something went wrong inside Carillon (reference ${reference}).`);
  });
  return app;
}

const REFERENCE_BYTES = 6;
/** What was asked for is kept, and not done yet. */
const ACCEPTED = 202;

type Guard = (c: HttpContext, next: () => Promise<void>) => Promise<Response | undefined>;

function requireCaller(callers: ProfileDeps['callers'], door: 'api' | 'mcp', path: string): Guard {
  if (callers.kind === 'daemon') {
    const guard = callerOf({ auth: callers.authAt(path) }, door);
    return async (c, next) => {
      const answer = await guard(c, next);
      return answer?.status === UNAUTHORIZED ? unauthorized(c, answer) : answer;
    };
  }
  return async (c, next) => {
    const token = bearerOf(c);
    const principal = token === undefined ? undefined : callers.principalOf(token);
    if (principal === undefined) {
      return new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer' } });
    }
    c.set('principal', principal);
    await next();
    return undefined;
  };
}

const UNAUTHORIZED = 401;

/** With the words of the older system, and the challenge of ours. */
function unauthorized(c: HttpContext, { status, headers }: Response): Response {
  const error = bearerOf(c) === undefined ? 'unauthorized' : 'invalid_token';
  const challenge = headers.get('www-authenticate') ?? 'Bearer';
  return errorResponse(status, error, { 'www-authenticate': challenge });
}

function bearerOf(c: HttpContext): string | undefined {
  return /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
}

function errorResponse(
  status: number,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json({ error }, { status, headers });
}
