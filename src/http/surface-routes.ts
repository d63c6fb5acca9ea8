import type { RouteAnswer, Surface } from '../api/surface.ts';
import { owner } from '../domain/principal.ts';
import { bodyObject } from './body-object.ts';
import type { HttpApp, HttpContext } from './http-context.ts';
import type { HttpDeps } from './http-deps.ts';

/** Serves the routes that a surface brings, behind the same guards as all others. */
export function mountSurfaceRoutes(
  app: HttpApp,
  deps: Pick<HttpDeps, 'servicesFor'>,
  surface: Pick<Surface, 'namespace' | 'routes'>,
  requireCaller: (c: HttpContext, next: () => Promise<void>) => Promise<Response | undefined>,
): void {
  for (const route of surface.routes) {
    if (!route.isPublic) app.on(route.method, route.path, requireCaller);
    app.on(route.method, route.path, async (c) => {
      // A public route is asked by nobody in particular, who may do nothing.
      const caller = route.isPublic ? { ...owner(undefined), scopes: [] } : c.get('principal');
      const services = deps.servicesFor({ ...caller, namespace: surface.namespace });
      const text = c.get('body').trim();
      return toResponse(
        await route.handle(services, {
          parameters: c.req.param(),
          query: c.req.query(),
          headers: c.req.header(),
          body: text === '' ? undefined : bodyObject(c),
          signal: c.req.raw.signal,
        }),
      );
    });
  }
}

export function toResponse({ status, body, text, stream, headers }: RouteAnswer): Response {
  const plain = stream === undefined ? text : bytesOf(stream);
  if (plain !== undefined) {
    return new Response(plain, {
      status,
      headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
    });
  }
  return body === undefined
    ? new Response(null, { status, ...(headers === undefined ? {} : { headers }) })
    : Response.json(body, { status, ...(headers === undefined ? {} : { headers }) });
}

/** Asked for piece by piece, so that nothing is held for a slow reader; one that leaves ends it. */
function bytesOf(stream: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const texts = stream[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await texts.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      cancel: async () => {
        await texts.return?.();
      },
    },
    { highWaterMark: 1 },
  );
}
