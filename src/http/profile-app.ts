import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import type { Surface } from '../api/surface.ts';
import type { Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import { mountBodies, mountGuards, withBody } from './app.ts';
import { jsonOrNothing } from './body-object.ts';
import type { HttpApp, HttpContext, HttpEnv } from './http-context.ts';
import type { HttpDeps } from './http-deps.ts';
import { statusOf } from './problem.ts';
import { mountSurfaceRoutes } from './surface-routes.ts';

/** What the door of one profile needs: it knows its clients by credentials of its own. */
export type ProfileDeps = Pick<HttpDeps, 'servicesFor' | 'log' | 'allowedHosts' | 'mcp'> & {
  readonly surface: Pick<Surface, 'namespace' | 'routes'>;
  /** Who a bearer token stands for; `undefined` when for nobody. */
  readonly principalOf: (token: string) => Principal | undefined;
};

/** The HTTP door of an older system, with its paths and none of Carillon's own, behind the same guards. */
export function createProfileApp(deps: ProfileDeps): HttpApp {
  const app: HttpApp = new Hono<HttpEnv>();
  mountGuards(app, deps.allowedHosts);
  mountBodies(app);
  const requireCaller = async (c: HttpContext, next: () => Promise<void>) => {
    const token = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    const principal = token === undefined ? undefined : deps.principalOf(token);
    if (principal === undefined) {
      return new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer' } });
    }
    c.set('principal', principal);
    await next();
    return undefined;
  };
  const { mcp } = deps;
  if (mcp !== undefined) {
    app.use('/mcp', requireCaller);
    app.all('/mcp', (c) => {
      const body = c.get('body');
      return mcp.fetch(withBody(c.req.raw, body), c.get('principal'), jsonOrNothing(body));
    });
  }
  mountSurfaceRoutes(app, deps, deps.surface, requireCaller);
  app.notFound((c) => c.body(null, 404));
  app.onError((error) => {
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

function errorResponse(status: number, error: string): Response {
  return Response.json({ error }, { status });
}
