import type { Note } from '../note.ts';
import type { Grants } from '../oauth/grants.ts';
import { accountPage, deadLinkPage, linkPage, signInPage } from '../pages/people-pages.ts';
import { isSame, type People, type Session } from './people.ts';
import type { SessionCookie } from './session-cookie.ts';

export const PEOPLE_PATHS: readonly string[] = ['/sign-in', '/sign-out', '/account', '/session'];
/** Pages that a link on another site may lead to. */
export const PEOPLE_PAGES: readonly string[] = ['/sign-in', '/account'];

export type PageRequest = {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
  readonly from: string;
  readonly session: Session | undefined;
  readonly note: Note;
  readonly grants: Grants;
};

/** Signing in and out, and the account. */
export async function answerPeople(
  people: People,
  cookie: SessionCookie,
  request: PageRequest,
): Promise<Response | undefined> {
  const isPost = request.method === 'POST';
  if (!isPost && request.method !== 'GET') return undefined;
  switch (request.url.pathname) {
    case '/sign-in':
      return isPost ? signIn(people, cookie, request) : showSignIn(people, request);
    case '/sign-out':
      return isPost ? signOut(people, cookie, request) : undefined;
    case '/account':
      return account(people, cookie, request, isPost);
    case '/session':
      return isPost ? undefined : tellSession(request.session);
    default:
      return undefined;
  }
}

async function showSignIn(people: People, { url }: PageRequest): Promise<Response> {
  const next = nextOf(url.searchParams.get('next'));
  const link = url.searchParams.get('link');
  if (link === null) return signInPage(next, await people.hasPassword(), undefined);
  return (await people.isLink(link)) ? linkPage(link, next) : deadLinkPage();
}

async function signIn(
  people: People,
  cookie: SessionCookie,
  { body, from, note }: PageRequest,
): Promise<Response> {
  const form = new URLSearchParams(body);
  const next = nextOf(form.get('next'));
  const link = form.get('link');
  if (link !== null) {
    const session = await people.signInByLink(link);
    await note('sign_in', 'link', session === undefined ? 'refused' : 'done');
    return session === undefined ? deadLinkPage() : goOn(next, cookie.write(session));
  }
  const answer = await people.signInByPassword(form.get('password') ?? '', from);
  // Tries that are turned away unlooked at leave no entry: they could fill the disk.
  if (answer === 'wrong') {
    await note('sign_in', 'password', 'refused');
    return signInPage(next, await people.hasPassword(), 'That is not the password.', 403);
  }
  if ('waitSeconds' in answer) {
    const fault = `Too many tries. Wait ${String(Math.ceil(answer.waitSeconds / 60))} minutes.`;
    const page = signInPage(next, true, fault, 429);
    page.headers.set('retry-after', String(answer.waitSeconds));
    return page;
  }
  await note('sign_in', 'password', 'done');
  return goOn(next, cookie.write(answer));
}

async function signOut(
  people: People,
  cookie: SessionCookie,
  request: PageRequest,
): Promise<Response> {
  if (!isMeant(request)) return goOn('/account');
  if (request.session !== undefined) await people.signOut(request.session.token);
  return goOn('/sign-in', cookie.write(undefined));
}

async function account(
  people: People,
  cookie: SessionCookie,
  request: PageRequest,
  isPost: boolean,
): Promise<Response> {
  const { session } = request;
  if (session === undefined) return goOn('/sign-in?next=%2Faccount');
  const show = async (csrf: string, note?: string, status = 200): Promise<Response> =>
    accountPage({
      csrf,
      hasPassword: await people.hasPassword(),
      grants: await request.grants.list(),
      note,
      status,
    });
  if (!isPost) return show(session.csrf);
  if (!isMeant(request)) return show(session.csrf, 'Nothing was changed. Try again.', 403);
  const form = new URLSearchParams(request.body);
  const grant = form.get('grant');
  if (grant !== null) {
    if (await request.grants.takeBack(grant)) await request.note('take_back', grant, 'done');
    return show(session.csrf, 'It was taken back.');
  }
  const renewed = await people.setPassword(form.get('password') ?? '');
  if (typeof renewed === 'string') return show(session.csrf, NOTES[renewed], 400);
  await request.note('set_password', 'owner', 'done');
  return withCookies(await show(renewed.csrf, 'The password is set.'), cookie.write(renewed));
}

const NOTES = {
  too_short: 'This password is too short. Nothing was changed.',
  too_long: 'This password is too long. Nothing was changed.',
} as const;

/** For pages of ours: whether somebody has signed in, and what unsafe requests have to show. */
function tellSession(session: Session | undefined): Response {
  return Response.json({
    is_signed_in: session !== undefined,
    csrf_token: session?.csrf ?? null,
  });
}

/** Whether a form came from a page of ours that this person was shown. */
function isMeant({ session, body }: PageRequest): boolean {
  const given = new URLSearchParams(body).get('csrf') ?? '';
  return session !== undefined && isSame(given, session.csrf);
}

/** A path of ours, and nothing that a browser could take for another site. */
function nextOf(given: string | null): string {
  const isOurs = given !== null && /^\/(?![/\\])[\x21-\x7e]*$/.test(given) && !given.includes('\\');
  return isOurs ? given : HOME;
}

const HOME = '/';

function goOn(path: string, cookies: readonly string[] = []): Response {
  return withCookies(new Response(null, { status: 303, headers: { location: path } }), cookies);
}

function withCookies(response: Response, cookies: readonly string[]): Response {
  for (const one of cookies) response.headers.append('set-cookie', one);
  return response;
}
