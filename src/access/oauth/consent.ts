import type { Provider } from 'oidc-provider';
import { SCOPES, type Scope } from '../../domain/principal.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Note } from '../note.ts';
import { answeredPage, consentPage } from '../pages/consent-page.ts';
import { isSame, type Session } from '../people/people.ts';
import { ACCOUNT } from './account.ts';
import { consentIn, consentPath } from './oauth-paths.ts';
import { exchange, nodeRequest, type PlainRequest } from './node-exchange.ts';

/** For so long pressing the button again leads where it led the first time. */
const REPEAT_MS_MAX = 10_000;
const ANSWERS_MAX = 100;

/** Asks the person who has signed in whether a client may act, and sends the answer to it. */
export type Consent = {
  ask(plain: PlainRequest, session: Session): Promise<Response>;
  answer(plain: PlainRequest, session: Session, note: Note): Promise<Response>;
};

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;
type Answered = { readonly atMs: number; readonly response: Promise<Response> };

export function openConsent(provider: Provider, clock: Clock): Consent {
  const answers = new Map<string, Answered>();

  const remembered = (uid: string): Promise<Response> | undefined => {
    const nowMs = clock.now().epochMilliseconds;
    for (const [known, { atMs }] of answers) {
      if (nowMs - atMs >= REPEAT_MS_MAX || answers.size > ANSWERS_MAX) answers.delete(known);
    }
    return answers.get(uid)?.response;
  };

  return {
    ask: async (plain, session) => {
      const interaction = await interactionOf(provider, plain);
      if (interaction === undefined) return answeredPage();
      const { params } = interaction;
      const clientId = String(params['client_id']);
      const client = await provider.Client.find(clientId);
      if (client === undefined) return answeredPage();
      return consentPage({
        clientName: client.clientName ?? clientId,
        clientHost: clientId.startsWith('https://') ? new URL(clientId).host : undefined,
        redirectUri: String(params['redirect_uri']),
        scopes: scopesAsked(interaction),
        action: consentPath(interaction.uid),
        csrf: session.csrf,
      });
    },
    answer: async (plain, session, note) => {
      const form = new URLSearchParams(plain.body);
      if (!isSame(form.get('csrf') ?? '', session.csrf)) return answeredPage();
      const uid = consentIn(plain.path) ?? '';
      // A double click sends the form twice and shows the second answer only.
      const before = remembered(uid);
      if (before !== undefined) return (await before).clone();
      const response = decide(provider, plain, form, note);
      answers.set(uid, { atMs: clock.now().epochMilliseconds, response });
      return (await response).clone();
    },
  };
}

async function decide(
  provider: Provider,
  plain: PlainRequest,
  form: URLSearchParams,
  note: Note,
): Promise<Response> {
  const interaction = await interactionOf(provider, plain);
  if (interaction === undefined) return answeredPage();
  const { request, response } = nodeRequest(plain);
  const chosen = scopesAsked(interaction).filter((scope) => form.getAll('scope').includes(scope));
  const isApproved = form.get('answer') === 'approve' && chosen.length > 0;
  const { client_id: client, redirect_uri: redirect } = interaction.params;
  await note('let_in', String(client), isApproved ? 'done' : 'refused', {
    scopes: [...chosen],
    redirect: String(redirect),
  });
  const result = isApproved
    ? {
        login: { accountId: ACCOUNT, remember: false },
        consent: { grantId: await makeGrant(provider, interaction, chosen) },
      }
    : { error: 'access_denied', error_description: 'the person refused' };
  const resume = await provider.interactionResult(request, response, result);
  // Going on here, and not by a redirect, leaves nothing that a second click could break.
  const { pathname } = new URL(resume);
  return exchange(provider.callback(), { ...plain, method: 'GET', path: pathname, body: '' });
}

/** What this browser is asked about; `undefined` when that has ended. */
async function interactionOf(
  provider: Provider,
  plain: PlainRequest,
): Promise<Interaction | undefined> {
  const { request, response } = nodeRequest(plain);
  try {
    const interaction = await provider.interactionDetails(request, response);
    return plain.path === consentPath(interaction.uid) ? interaction : undefined;
  } catch (error) {
    if (error instanceof Error && error.name === 'SessionNotFound') return undefined;
    throw error;
  }
}

async function makeGrant(
  provider: Provider,
  { params }: Interaction,
  chosen: readonly Scope[],
): Promise<string> {
  const asked = scopeTextsOf(params['scope']);
  const grant = new provider.Grant({ accountId: ACCOUNT, clientId: String(params['client_id']) });
  const others = SCOPES.filter((scope) => asked.includes(scope) && !chosen.includes(scope));
  // The library counts the scopes of its metadata as its own, and those of the resource beside them.
  grant.addOIDCScope([...OWN_SCOPES.filter((scope) => asked.includes(scope)), ...chosen]);
  if (others.length > 0) grant.rejectOIDCScope(others);
  for (const resource of resourcesOf(params['resource'])) {
    grant.addResourceScope(resource, [...chosen]);
    if (others.length > 0) grant.rejectResourceScope(resource, others);
  }
  return grant.save();
}

function resourcesOf(resource: unknown): readonly string[] {
  return (Array.isArray(resource) ? resource : [resource]).filter(
    (one): one is string => typeof one === 'string',
  );
}

function scopesAsked({ params }: Interaction): readonly Scope[] {
  const asked = scopeTextsOf(params['scope']);
  return SCOPES.filter((scope) => asked.includes(scope));
}

function scopeTextsOf(scope: unknown): readonly string[] {
  return typeof scope === 'string' ? scope.split(' ') : [];
}

const OWN_SCOPES = ['openid', 'offline_access'];
