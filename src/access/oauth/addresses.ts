/** Under which addresses the daemon is known: told by the configuration, never by a request's headers. */
export type Addresses = {
  /** The issuer of tokens, without a slash at the end. */
  readonly issuer: string;
  /** The audience of tokens: the address of the MCP endpoint. */
  readonly resource: string;
  /** The address by which a caller knows the MCP endpoint: loopback has several names. */
  resourceFor(host: string | undefined): string;
  /** Whether `url` is the MCP endpoint, under whichever of its names. */
  isResource(url: string): boolean;
};

/** @param own where the daemon listens, such as `http://127.0.0.1:7411`. */
export function addressesOf(publicUrl: string, own: string): Addresses {
  const issuer = publicUrl === '' ? own : publicUrl;
  const { port } = new URL(own);
  const loopback = LOOPBACK_NAMES.map((name) => `http://${name}${port === '' ? '' : `:${port}`}`);
  const known = [issuer, ...loopback];
  const withoutSlash = (url: string): string => url.replace(/\/$/, '');
  return {
    issuer,
    resource: `${issuer}${MCP_PATH}`,
    resourceFor: (host) => {
      const named = host === undefined ? undefined : `http://${host.toLowerCase()}`;
      return `${loopback.find((one) => one === named) ?? issuer}${MCP_PATH}`;
    },
    isResource: (url) =>
      known.some((one) => [`${one}${MCP_PATH}`, one].includes(withoutSlash(url))),
  };
}

const MCP_PATH = '/mcp';
const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];
