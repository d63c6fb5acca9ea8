/** Under which addresses the daemon is known: told by the configuration, never by a request's headers. */
export type Addresses = {
  /** The issuer of tokens, without a slash at the end. */
  readonly issuer: string;
  /** The audience of tokens: the address of the MCP endpoint. */
  readonly resource: string;
  /**
   * The address by which a caller knows the MCP endpoint: loopback has several names.
   *
   * @param path where it is served, when that is another of `RESOURCE_PATHS`.
   */
  resourceFor(host: string | undefined, path?: string): string;
  /** Whether `url` is the MCP endpoint, under whichever of its names. */
  isResource(url: string): boolean;
};

/**
 * @param own where the daemon listens, such as `http://127.0.0.1:7411`.
 * @param others where it does too, for clients of older systems; read anew each time.
 */
export function addressesOf(
  publicUrl: string,
  own: string,
  others: readonly string[] = [],
): Addresses {
  const issuer = publicUrl === '' ? own : publicUrl;
  const loopback = (): readonly string[] => [own, ...others].flatMap(loopbackNames);
  const withoutSlash = (url: string): string => url.replace(/\/$/, '');
  return {
    issuer,
    resource: `${issuer}${MCP_PATH}`,
    resourceFor: (host, path = MCP_PATH) => {
      const named = host === undefined ? undefined : `http://${host.toLowerCase()}`;
      return `${loopback().find((one) => one === named) ?? issuer}${path}`;
    },
    isResource: (url) =>
      [issuer, ...loopback()].some((one) =>
        ['', ...RESOURCE_PATHS].some((path) => `${one}${path}` === withoutSlash(url)),
      ),
  };
}

const MCP_PATH = '/mcp';
/** The last is that of the older Claude Runner. */
export const RESOURCE_PATHS: readonly string[] = [MCP_PATH, '/sse'];
const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

function loopbackNames(own: string): readonly string[] {
  const { port } = new URL(own);
  return LOOPBACK_NAMES.map((name) => `http://${name}${port === '' ? '' : `:${port}`}`);
}
