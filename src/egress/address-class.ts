import ipaddr from 'ipaddr.js';

/**
 * What an IP address leads to. `metadata`: the service of a cloud that hands out credentials;
 * `transition`: an IPv6 address that carries an IPv4 address; `special`: everything else that is
 * not an ordinary host, and text that is no address.
 */
export type AddressClass =
  | 'public'
  | 'private'
  | 'loopback'
  | 'link_local'
  | 'metadata'
  | 'transition'
  | 'special';

export function classifyAddress(text: string): AddressClass {
  const address = parseAddress(text);
  if (address === undefined) return 'special';
  const embedded = embeddedAddresses(address);
  if ([address, ...embedded].some(isMetadata)) return 'metadata';
  if (embedded.length > 0) return 'transition';
  // Widened: the library has more ranges than its types, and each of them is special.
  const range: string = address.range();
  switch (range) {
    case 'unicast':
      // Outside 2000::/3 nothing is assigned to hosts, whatever the library calls it.
      return address.kind() === 'ipv4' || isInside(address, GLOBAL_UNICAST) ? 'public' : 'special';
    case 'private':
    case 'uniqueLocal':
    case 'carrierGradeNat':
      return 'private';
    case 'loopback':
      return 'loopback';
    case 'linkLocal':
      return 'link_local';
    default:
      return 'special';
  }
}

type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;
export type AddressRange = readonly [address: IpAddress, prefixLength: number];

/** An address without its zone; an IPv4-mapped one becomes the IPv4 address that a socket would use. */
export function parseAddress(text: string): IpAddress | undefined {
  const bare = text.replace(/%.*$/, '');
  // The library takes `::127.0.0.1` for IPv4-mapped, which it is not; its form without dots is clear.
  const isV6 = /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(bare);
  const plain = isV6 ? URL.parse(`http://[${bare}]/`)?.hostname.slice(1, -1) : bare;
  return plain !== undefined && ipaddr.isValid(plain) ? ipaddr.process(plain) : undefined;
}

export function isInside(address: IpAddress, [network, prefixLength]: AddressRange): boolean {
  return address.kind() === network.kind() && address.match(network, prefixLength);
}

export function isSameAddress(left: string, right: string): boolean {
  const parsed = parseAddress(left);
  return parsed !== undefined && parsed.toString() === parseAddress(right)?.toString();
}

const GLOBAL_UNICAST: AddressRange = ipaddr.parseCIDR('2000::/3');

// Some lie in public or private ranges, so that no rule over ranges finds them: Azure's wire server,
// and the IPv6 addresses of AWS and Google, which are unique local ones.
const METADATA_RANGES: readonly AddressRange[] = [
  '169.254.169.0/24',
  '169.254.170.0/24',
  '168.63.129.16/32',
  '100.100.100.200/32',
  '192.0.0.192/32',
  'fd00:ec2::/32',
  'fd20:ce::254/128',
].map((text) => ipaddr.parseCIDR(text));

function isMetadata(address: IpAddress): boolean {
  return METADATA_RANGES.some((range) => isInside(address, range));
}

/** The IPv4 addresses that a router or a tunnel may find in this address, however it is spelled. */
function embeddedAddresses(address: IpAddress): readonly IpAddress[] {
  if (address.kind() === 'ipv4') return [];
  const bytes = address.toByteArray();
  const at = (...offsets: readonly number[]): IpAddress =>
    ipaddr.fromByteArray(offsets.map((offset) => bytes[offset] ?? 0));
  const range: string = address.range();
  switch (range) {
    case 'loopback':
    case 'unspecified':
      return [];
    case 'rfc6052':
      // The well-known prefix holds it at the end, a local /48 prefix around the reserved byte 8.
      return [at(12, 13, 14, 15), at(6, 7, 9, 10)];
    case 'rfc6145':
      return [at(12, 13, 14, 15)];
    case '6to4':
      return [at(2, 3, 4, 5)];
    case 'teredo':
      return [at(4, 5, 6, 7), ipaddr.fromByteArray(bytes.slice(12).map((byte) => byte ^ 0xff))];
    default:
      return isIpv4Compatible(bytes) || isIsatap(bytes) ? [at(12, 13, 14, 15)] : [];
  }
}

/** `::a.b.c.d`, deprecated and still dialled by some systems. */
function isIpv4Compatible(bytes: readonly number[]): boolean {
  return bytes.slice(0, 12).every((byte) => byte === 0);
}

/** RFC 5214: any prefix, then `0000:5efe` or `0200:5efe`, then the IPv4 address. */
function isIsatap(bytes: readonly number[]): boolean {
  const [first = 0, second, third, fourth] = bytes.slice(8, 12);
  return (first & 0xfd) === 0 && second === 0 && third === 0x5e && fourth === 0xfe;
}
