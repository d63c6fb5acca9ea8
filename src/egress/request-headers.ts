import { EgressError } from './egress-failure.ts';

export type Headers = Readonly<Record<string, string>>;

const HEADERS_MAX = 100;
/** Bytes of all names and values together; room for one secret of the largest size and some more. */
const HEADER_BYTES_MAX = 128 * 1024;

/**
 * The headers with their names in lower case. Throws an `EgressError` for those that would change
 * how the message itself is read, and for text that a header cannot carry.
 */
export function checkHeaders(headers: Headers): Headers {
  const checked = new Map<string, string>();
  let bytes = 0;
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    if (!TOKEN.test(name)) throw badHeader(given, 'is not a valid header name');
    if (FRAMING.has(name)) throw badHeader(given, 'is set by the connection itself; leave it out');
    if (checked.has(name)) throw badHeader(given, 'is given twice; give it once');
    if (!FIELD_VALUE.test(value)) {
      throw badHeader(
        given,
        'has a value with a line break or a character that headers cannot carry',
      );
    }
    checked.set(name, value);
    bytes += name.length + value.length;
  }
  if (checked.size > HEADERS_MAX || bytes > HEADER_BYTES_MAX) {
    const message = `The headers are too many or too large: at most ${HEADERS_MAX}, together ${HEADER_BYTES_MAX} bytes.`;
    throw new EgressError('bad_request', 'headers_too_large', message);
  }
  return Object.fromEntries(checked);
}

/** RFC 9110, 5.6.2. */
export const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]{1,256}$/i;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const NAME_CHARS_QUOTED = 64;

const FRAMING: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'upgrade',
  'expect',
  'te',
  'trailer',
]);

function badHeader(name: string, problem: string): EgressError {
  const quoted = JSON.stringify(name.slice(0, NAME_CHARS_QUOTED));
  return new EgressError('bad_request', 'header', `The header ${quoted} ${problem}.`);
}
