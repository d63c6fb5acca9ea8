import type { ApiRoute } from '../api/api-route.ts';
import type { JsonObject } from '../domain/json.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Services } from '../service/services.ts';
import { bodyObject } from './body-object.ts';
import { isTagNamed, pageTag, revisionOfTag, revisionTag } from './entity-tag.ts';
import type { HttpContext } from './http-context.ts';
import type { HttpDeps } from './http-deps.ts';
import { problemResponse } from './problem.ts';

/** Answers one request to a route of the table. Refusals other than a failed precondition are thrown. */
export async function serveRoute(
  c: HttpContext,
  deps: Pick<HttpDeps, 'servicesFor' | 'zone' | 'clock'>,
  route: ApiRoute,
): Promise<Response> {
  const services = deps.servicesFor(c.get('principal'));
  const wanted = wantedRevision(c, route);
  try {
    const answer = await route.handle(services, givenOf(c, wanted), {
      zone: deps.zone,
      signal: c.req.raw.signal,
      now: () => deps.clock.now(),
    });
    const status = answer.status ?? route.statuses[0];
    if (status === 204) return new Response(null, { status });
    const body = JSON.stringify(answer.body);
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (answer.revision !== undefined) {
      const isRead = route.method === 'GET';
      const etag = isRead ? pageTag(answer.revision, body) : revisionTag(answer.revision);
      headers['etag'] = etag;
      if (isRead && isTagNamed(c.req.header('if-none-match'), etag)) {
        return new Response(null, { status: 304, headers: { etag } });
      }
    }
    return new Response(body, { status, headers });
  } catch (error) {
    if (wanted === undefined || !(error instanceof Refusal) || error.code !== 'conflict')
      throw error;
    const current = await currentRevision(services, c.req.param('task'));
    if (current === undefined || current === wanted) throw error;
    return problemResponse(error, PRECONDITION_FAILED, { etag: revisionTag(current) });
  }
}

const PRECONDITION_FAILED = 412;

function wantedRevision(c: HttpContext, route: ApiRoute): number | undefined {
  const header = c.req.header('if-match');
  if (header === undefined || route.method === 'GET') return undefined;
  if ('revision' in route.input.shape) return revisionOfTag(header);
  throw new Refusal(
    'invalid',
    'This request cannot be made under a condition.',
    'Send "If-Match" only where one task is changed.',
  );
}

/** `undefined` also for callers who may change tasks and not read them. */
async function currentRevision(
  services: Services,
  ref: string | undefined,
): Promise<number | undefined> {
  if (ref === undefined) return undefined;
  try {
    return (await services.getTask(ref)).task.revision;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Body, query, headers and path parameters as one object; the path wins. */
function givenOf(c: HttpContext, revision: number | undefined): JsonObject {
  const body = bodyObject(c);
  const key = c.req.header('idempotency-key');
  return {
    ...(key === undefined || c.req.method !== 'POST' ? {} : { idempotency_key: key }),
    ...(revision === undefined ? {} : { revision }),
    ...body,
    ...c.req.query(),
    ...c.req.param(),
  };
}
