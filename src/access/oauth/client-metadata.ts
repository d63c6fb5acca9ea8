/** What a client says about itself (RFC 7591), as text from outside. */
export type ClientMetadata = Readonly<Record<string, unknown>>;

export type CheckedMetadata =
  | { readonly kind: 'fine'; readonly metadata: ClientMetadata }
  | { readonly kind: 'refused'; readonly error: string; readonly description: string };

const REDIRECTS_MAX = 20;
const URL_CHARS_MAX = 2_000;
const NAME_CHARS_MAX = 100;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
/** Schemes that a browser gives a meaning of its own. */
const FORBIDDEN_SCHEMES =
  /^(?:javascript|data|blob|file|about|vbscript|view-source|filesystem|wss?|ftp|mailto|tel|chrome|intent|ms-settings):$/;
const KEPT = [
  'client_id',
  'client_uri',
  'logo_uri',
  'tos_uri',
  'policy_uri',
  'contacts',
  'token_endpoint_auth_method',
  'software_id',
  'software_version',
] as const;

/**
 * What is kept of a registration. An answer is sent by https, to a program on the person's own
 * computer, or by a scheme that only such a program answers: never by http to another machine.
 */
export function checkClientMetadata(given: ClientMetadata): CheckedMetadata {
  const redirects = given['redirect_uris'];
  if (!Array.isArray(redirects) || redirects.length === 0 || redirects.length > REDIRECTS_MAX) {
    return refused(
      'invalid_redirect_uri',
      `Name one to ${String(REDIRECTS_MAX)} redirect addresses.`,
    );
  }
  if (!redirects.every(isRedirect)) {
    return refused(
      'invalid_redirect_uri',
      'A redirect address is https, http to this computer (localhost), or a scheme of the program, without a fragment.',
    );
  }
  const name = given['client_name'];
  const kept = KEPT.filter((key) => given[key] !== undefined && given[key] !== null);
  return {
    kind: 'fine',
    metadata: {
      ...Object.fromEntries(kept.map((key) => [key, given[key]])),
      client_name: nameOf(name),
      redirect_uris: redirects,
      // Old clients leave it out, and then programs on a computer could not use a port of their choice.
      application_type: redirects.every((uri) => uri.startsWith('https:')) ? 'web' : 'native',
      // A scope said at the beginning must not bind what is asked for later, and who may begin may renew.
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    },
  };
}

function isRedirect(uri: unknown): uri is string {
  if (typeof uri !== 'string' || uri.length > URL_CHARS_MAX || !URL.canParse(uri)) return false;
  const url = new URL(uri);
  if (uri.includes('#') || url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'https:') return !LOOPBACK.has(url.hostname);
  if (url.protocol === 'http:') return LOOPBACK.has(url.hostname);
  return !FORBIDDEN_SCHEMES.test(url.protocol);
}

/** Without characters that could make the name look like something else. */
function nameOf(name: unknown): string {
  const text = typeof name === 'string' ? name.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '').trim() : '';
  return text === '' ? 'A program without a name' : text.slice(0, NAME_CHARS_MAX);
}

function refused(error: string, description: string): CheckedMetadata {
  return { kind: 'refused', error, description };
}

/**
 * Says of two registrations whether they are the same program: those of public clients differ in the
 * port of a redirect to this computer, which is another one each time.
 */
export function fingerprintOf(metadata: ClientMetadata): string | undefined {
  if (metadata['token_endpoint_auth_method'] !== 'none') return undefined;
  const redirects = (metadata['redirect_uris'] as readonly string[]).map(withoutLoopbackPort);
  const { client_name, client_uri, software_id } = metadata;
  return JSON.stringify([
    client_name,
    client_uri ?? null,
    software_id ?? null,
    redirects.toSorted(),
  ]);
}

function withoutLoopbackPort(uri: string): string {
  const url = new URL(uri);
  if (url.protocol === 'http:') url.port = '';
  return url.href;
}
