import { grantClientCredentials, oauthError } from './oauth/client-credentials.ts';
import { checkKeyClient } from './oauth/key-clients.ts';
import type { PlainRequest } from './oauth/node-exchange.ts';
import {
  consentIn,
  OAUTH_PAGES,
  OAUTH_PATHS,
  oauthPathOf,
  RESOURCE_METADATA_PATH,
  resourceMetadata,
  ROUTES,
} from './oauth/oauth-paths.ts';
import type { Note } from './note.ts';
import type { AccessInside, AccessRequest } from './open-access.ts';
import { message } from './pages/html.ts';
import { ASKED_SECRET_PATH } from './pages/secret-pages.ts';
import { answerAskedSecret } from './people/asked-secrets.ts';
import { answerPeople, PEOPLE_PAGES, PEOPLE_PATHS } from './people/people-routes.ts';
import type { Session } from './people/people.ts';
import type { RateLimit } from './rate-limit.ts';

export const ACCESS_PATHS: readonly string[] = [...OAUTH_PATHS, ...PEOPLE_PATHS, ASKED_SECRET_PATH];
export const ACCESS_PAGES: readonly string[] = [...OAUTH_PAGES, ...PEOPLE_PAGES, ASKED_SECRET_PATH];

/** Answers a request to one of the paths that need no token. */
export async function answerAccess(
  inside: AccessInside,
  { request, body, from }: AccessRequest,
): Promise<Response> {
  const url = new URL(request.url);
  const path = oauthPathOf(url.pathname);
  const host = request.headers.get('host') ?? url.host;
  if (path === RESOURCE_METADATA_PATH) {
    return resourceMetadata(inside.addresses(), host, url.pathname);
  }
  const limit = limitOf(inside, path, request.method);
  const waitSeconds = limit?.(from ?? '');
  if (waitSeconds !== undefined) return tooOften(waitSeconds);
  const { method } = request;
  if (path === ASKED_SECRET_PATH) {
    const keep = inside.keepSecret();
    const isServed = keep !== undefined && (method === 'GET' || method === 'POST');
    if (!isServed) return new Response(null, { status: 404 });
    return answerAskedSecret(inside.records, inside.clock, keep, {
      method,
      url,
      body,
      from: from ?? '',
    });
  }
  const session = await sessionOf(inside, request);
  const note = inside.noteFrom(from);
  const people = await answerPeople(inside.people, inside.cookie(), {
    method,
    url,
    body,
    from: from ?? '',
    session,
    note,
    grants: inside.grants,
  });
  if (people !== undefined) return people;
  const plain = plainRequest(inside, request, `${path}${url.search}`, body);
  if (method === 'POST' && (path === ROUTES.token || path === ROUTES.revocation)) {
    return token(inside, path, plain);
  }
  if (consentIn(path) !== undefined) return consent(inside, plain, session, note);
  const elsewhere = path === ROUTES.authorization ? pageElsewhere(inside, host, plain) : undefined;
  return elsewhere ?? (await inside.oauth()).fetch(plain);
}

/** Where programs come with a secret of theirs. */
async function token(inside: AccessInside, path: string, plain: PlainRequest): Promise<Response> {
  const form = new URLSearchParams(plain.body);
  if (path !== ROUTES.token || form.get('grant_type') !== 'client_credentials') {
    const checked = await checkKeyClient(inside.keys, plain);
    return checked instanceof Response ? checked : (await inside.oauth()).fetch(checked);
  }
  const { issuer, resource: audience, isResource } = inside.addresses();
  return grantClientCredentials(
    { form, authorization: plain.headers['authorization'] },
    inside.keys,
    await inside.signingKey(),
    { issuer, audience, isResource },
    inside.clock,
  );
}

async function consent(
  inside: AccessInside,
  plain: PlainRequest,
  session: Session | undefined,
  note: Note,
): Promise<Response> {
  if (session === undefined) {
    const location = `/sign-in?next=${encodeURIComponent(plain.path)}`;
    return new Response(null, { status: 303, headers: { location } });
  }
  const { consent } = await inside.oauth();
  if (plain.method === 'GET') return consent.ask(plain, session);
  if (plain.method === 'POST') return consent.answer(plain, session, note);
  return message('This cannot go on', 'Begin again in the program.', { status: 405 });
}

async function sessionOf(inside: AccessInside, request: Request): Promise<Session | undefined> {
  const token = inside.cookie().read(request.headers.get('cookie'));
  return token === undefined ? undefined : inside.people.find(token);
}

/** A browser that knows this computer by another name would keep its cookies from the page that is next. */
function pageElsewhere(
  inside: AccessInside,
  host: string,
  { method, path }: PlainRequest,
): Response | undefined {
  const { issuer } = inside.addresses();
  if (method !== 'GET' || new URL(issuer).host === host.toLowerCase()) return undefined;
  return new Response(null, { status: 302, headers: { location: `${issuer}${path}` } });
}

/** The request as it is seen from inside: under the address that was configured, whatever it says itself. */
function plainRequest(
  inside: AccessInside,
  { method, headers }: Request,
  path: string,
  body: string,
): PlainRequest {
  const { host, protocol } = new URL(inside.addresses().issuer);
  const kept = PASSED_HEADERS.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return {
    method,
    path,
    headers: { ...Object.fromEntries(kept), host },
    body,
    isHttps: protocol === 'https:',
  };
}

const PASSED_HEADERS = ['accept', 'authorization', 'content-type', 'cookie', 'user-agent'] as const;

function limitOf({ limits }: AccessInside, path: string, method: string): RateLimit | undefined {
  if (path === ROUTES.authorization) return limits.authorization;
  if (method !== 'POST') return undefined;
  if (path === ROUTES.token || path === ROUTES.revocation || path === '/sign-in') {
    return limits.token;
  }
  return path === ROUTES.registration ? limits.registration : undefined;
}

function tooOften(waitSeconds: number): Response {
  return oauthError(429, 'temporarily_unavailable', 'Too many requests. Wait, then try again.', {
    'retry-after': String(waitSeconds),
  });
}
