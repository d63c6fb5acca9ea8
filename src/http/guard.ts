/** What a request says about where it comes from. */
export type Provenance = {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** Absent too where a link of another site may lead. */
  readonly fetchSite: string | undefined;
  /** The port that the request came in by, when it is known. */
  readonly port: number | undefined;
};

/**
 * Why a request is turned away; `undefined` when it may pass. A web page can make a browser send
 * requests to this machine, under a name of its own choosing: the name is then foreign in `Host`, or
 * the page is in `Origin`.
 */
export function foreignTo(
  { host, origin, fetchSite, port }: Provenance,
  allowedHosts: readonly string[],
): 'host' | 'origin' | undefined {
  const named = host === undefined ? undefined : addressOf(`http://${host}`, host);
  if (named === undefined || !isOurs(named, port, allowedHosts)) return 'host';
  if (origin !== undefined) {
    const page = addressOf(origin, origin);
    if (page === undefined || !isOurs(page, port, allowedHosts)) return 'origin';
    return undefined;
  }
  return fetchSite === 'cross-site' || fetchSite === 'same-site' ? 'origin' : undefined;
}

type Address = { readonly name: string; readonly port: number };

function addressOf(text: string, given: string): Address | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isBare =
    url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  if (!isBare || /[/?#@\\]$/.test(given) || !/^https?:$/.test(url.protocol)) return undefined;
  const standard = url.protocol === 'https:' ? HTTPS_PORT : HTTP_PORT;
  return { name: url.hostname, port: url.port === '' ? standard : Number(url.port) };
}

const HTTP_PORT = 80;
const HTTPS_PORT = 443;

function isOurs(
  address: Address,
  port: number | undefined,
  allowedHosts: readonly string[],
): boolean {
  if (isLoopback(address.name)) return port === undefined || address.port === port;
  return allowedHosts.some((allowed) => {
    const text = allowed.toLowerCase();
    return text === address.name || text === `${address.name}:${address.port}`;
  });
}

/** Whether a host name means this machine and nothing else, in the form that `URL` writes it. */
export function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /^127(?:\.(?:0|[1-9]\d{0,2})){3}$/.test(name);
}
