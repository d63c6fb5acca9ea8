import { SCOPES } from '../../domain/principal.ts';
import { RESOURCE_PATHS, type Addresses } from './addresses.ts';

/** Where the authorization server answers. */
export const ROUTES = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  registration: '/oauth/register',
  revocation: '/oauth/revoke',
  jwks: '/oauth/jwks',
} as const;

/** Below the path where the request goes on, for browsers show the cookies of that path here too. */
export function consentPath(uid: string): string {
  return `${ROUTES.authorization}/${uid}/consent`;
}

/** The question that a path of a consent page is about; `undefined` for other paths. */
export function consentIn(path: string): string | undefined {
  return CONSENT_PATH.exec(path)?.[1];
}

const CONSENT_PATH = /^\/oauth\/authorize\/([\w-]+)\/consent$/;

const METADATA = '/.well-known/oauth-authorization-server';
const OPENID = '/.well-known/openid-configuration';
export const RESOURCE_METADATA_PATH = '/.well-known/oauth-protected-resource';

/** Paths that clients guess, and those that they try with the path of the resource behind. */
const ALIASES: Readonly<Record<string, string>> = {
  '/authorize': ROUTES.authorization,
  '/token': ROUTES.token,
  '/register': ROUTES.registration,
  '/revoke': ROUTES.revocation,
  ...Object.fromEntries(
    [METADATA, OPENID, RESOURCE_METADATA_PATH].flatMap((document) =>
      RESOURCE_PATHS.map((path) => [`${document}${path}`, document] as const),
    ),
  ),
};

export const OAUTH_PATHS: readonly string[] = [
  METADATA,
  OPENID,
  RESOURCE_METADATA_PATH,
  '/oauth/*',
  ...Object.keys(ALIASES),
];

/** Pages that a link on another site may lead to, with what lies below. */
export const OAUTH_PAGES: readonly string[] = [ROUTES.authorization, '/authorize'];

/** The path that stands for a path. */
export function oauthPathOf(path: string): string {
  return ALIASES[path] ?? path;
}

/**
 * RFC 9728: whom to ask for a token for the MCP endpoint. Needs nothing to be loaded.
 *
 * @param asked the path of the document, which may end with that of the endpoint.
 */
export function resourceMetadata(addresses: Addresses, host: string, asked: string): Response {
  const path = RESOURCE_PATHS.find((one) => asked === `${RESOURCE_METADATA_PATH}${one}`);
  return Response.json({
    resource: addresses.resourceFor(host, path),
    authorization_servers: [addresses.issuer],
    scopes_supported: SCOPES,
    bearer_methods_supported: ['header'],
    resource_name: 'Carillon',
  });
}

/** @param resource the address of the MCP endpoint. */
export function resourceMetadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return `${origin}${RESOURCE_METADATA_PATH}${pathname}`;
}
