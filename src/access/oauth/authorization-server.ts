import { hkdfSync } from 'node:crypto';
import type { Configuration, Provider } from 'oidc-provider';
import { SCOPES } from '../../domain/principal.ts';
import type { Egress } from '../../egress/egress.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { message } from '../pages/html.ts';
import type { SealedRecords } from '../sealed-records.ts';
import { TOKEN_SECONDS } from './access-token.ts';
import { storeAdapter } from './adapter.ts';
import type { Addresses } from './addresses.ts';
import type { ClientMetadata } from './client-metadata.ts';
import { fetchClientDocument } from './fetch-client-document.ts';
import { consentPath, ROUTES } from './oauth-paths.ts';
import type { SigningKey } from './signing-key.ts';

export type ServerParts = {
  readonly records: SealedRecords;
  readonly clock: Clock;
  readonly log: Log;
  readonly addresses: Addresses;
  readonly signingKey: SigningKey;
  readonly egress: Egress;
  /** Clients that did not register. */
  readonly findClient: (id: string) => Promise<ClientMetadata | undefined>;
  /** Seals and signs. */
  readonly key: Uint8Array;
};

const CODE_SECONDS = 60;
const INTERACTION_SECONDS = 900;
const SESSION_SECONDS = 3_600;
const REFRESH_SECONDS = 30 * 24 * 3_600;
const GRANT_SECONDS = 90 * 24 * 3_600;
/** A client that was let in is kept as long as what it was granted. */
const CLIENT_SECONDS = GRANT_SECONDS;

/**
 * The authorization server: OAuth 2.1 with PKCE, in the process. Its library is loaded here, at the
 * first request that needs it, for most daemons on a laptop never do.
 */
export async function openAuthorizationServer(parts: ServerParts): Promise<Provider> {
  const { Provider, errors } = await import('oidc-provider');
  const { records, clock, log, addresses, findClient } = parts;
  const usedUp = () => new errors.InvalidGrant('it was used already');
  const provider = new Provider(addresses.issuer, {
    ...settingsOf(parts),
    adapter: (kind: string) => storeAdapter(kind, { records, clock, findClient, usedUp }),
    features: featuresOf(addresses, (text) => new errors.InvalidTarget(text)),
  });
  provider.on('server_error', (_context: unknown, error: Error) => {
    log.error('A request for a token met a defect.', {}, error);
  });
  provider.on('grant.success', (context) => {
    const id = context.oidc.client?.clientId;
    if (id === undefined) return;
    void keepClient(records, clock, id).catch((error: unknown) => {
      log.error('A client could not be kept.', {}, error);
    });
  });
  return provider;
}

async function keepClient(records: SealedRecords, clock: Clock, id: string): Promise<void> {
  const found = await records.find('Client', id);
  if (found === undefined) return;
  const expiresAt = clock.now().add({ seconds: CLIENT_SECONDS });
  await records.put('Client', id, found.value, { expiresAt });
}

function settingsOf({ signingKey, egress, key, addresses }: ServerParts): Configuration {
  const fetchDocument = fetchClientDocument(egress);
  const isHttps = addresses.issuer.startsWith('https:');
  const cookie = { httpOnly: true, sameSite: 'lax', path: '/oauth', secure: isHttps } as const;
  return {
    jwks: { keys: [signingKey.jwk] },
    routes: ROUTES,
    scopes: ['openid', 'offline_access', ...SCOPES],
    claims: { openid: ['sub'] },
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post'],
    clientDefaults: {
      id_token_signed_response_alg: 'ES256',
      grant_types: ['authorization_code', 'refresh_token'],
    },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    clientBasedCORS: () => false,
    fetch: (input) => fetchDocument(input instanceof Request ? input.url : input),
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    // Many clients never ask for offline_access and come back for a fresh token all the same.
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    expiresWithSession: () => false,
    // Every connection is agreed to anew: any program on a computer can claim to be a known one.
    loadExistingGrant: async (context) => {
      const id = context.oidc.result?.consent?.grantId;
      return id === undefined ? undefined : context.oidc.provider.Grant.find(id);
    },
    extraTokenClaims: (_context, token) =>
      'grantId' in token && token.grantId !== undefined ? { grant: token.grantId } : undefined,
    interactions: { url: (_context, interaction) => consentPath(interaction.uid) },
    cookies: {
      keys: [Buffer.from(hkdfSync('sha256', key, '', 'carillon oauth cookies', 32))],
      names: {
        session: 'carillon_oauth',
        interaction: 'carillon_oauth_consent',
        resume: 'carillon_oauth_resume',
      },
      long: cookie,
      short: cookie,
    },
    ttl: {
      AccessToken: TOKEN_SECONDS,
      AuthorizationCode: CODE_SECONDS,
      Grant: GRANT_SECONDS,
      IdToken: TOKEN_SECONDS,
      Interaction: INTERACTION_SECONDS,
      RefreshToken: REFRESH_SECONDS,
      Session: SESSION_SECONDS,
    },
    renderError: async (context, out) => {
      const page = message('This cannot go on', `${out.error_description ?? out.error}.`, {
        status: context.status,
      });
      context.set(Object.fromEntries(page.headers));
      context.body = await page.text();
    },
  };
}

function featuresOf(
  addresses: Addresses,
  invalidTarget: (text: string) => Error,
): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    userinfo: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    dPoP: { enabled: false },
    clientCredentials: { enabled: true },
    revocation: { enabled: true },
    registration: { enabled: true, issueRegistrationAccessToken: false },
    clientIdMetadataDocument: { enabled: true, ack: 'draft-02' },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => addresses.resource,
      useGrantedResource: () => true,
      getResourceServerInfo: (_context, resource) => {
        if (!addresses.isResource(resource)) {
          throw invalidTarget('tokens are made for this server alone');
        }
        return {
          scope: SCOPES.join(' '),
          audience: addresses.resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: TOKEN_SECONDS,
          jwt: { sign: { alg: 'ES256' } },
        };
      },
    },
  };
}
