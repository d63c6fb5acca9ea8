/** Addresses from `first`, of which the first `bits` are the same. */
type AddressRange = {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly bits: number;
};

/** An address, or a range in CIDR form; `undefined` when it is neither. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [, written = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const address = parseAddress(written);
  if (address === undefined) return undefined;
  const length = bits === undefined ? address.bits : Number(bits);
  return length > address.bits ? undefined : { ...address, bits: length };
}

/** Whether one of the ranges holds the address of a socket. */
export function isWithinRanges(address: string, ranges: readonly string[]): boolean {
  const asked = parseAddress(address);
  if (asked === undefined) return false;
  return ranges.some((text) => {
    const range = parseAddressRange(text);
    if (range === undefined || range.family !== asked.family) return false;
    const shift = BigInt(asked.bits - range.bits);
    return asked.first >> shift === range.first >> shift;
  });
}

/** Sockets that take both families write an IPv4 address as one of IPv6. */
const MAPPED = /^::ffff:(?=\d+\.)/i;

function parseAddress(text: string): AddressRange | undefined {
  const plain = text.replace(MAPPED, '').replace(/%.*$/, '');
  if (plain.includes(':')) return parseV6(plain);
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(plain)?.slice(1) ?? [];
  if (parts.length !== 4 || parts.some((part) => Number(part) > 255)) return undefined;
  return { family: 4, first: joined(parts.map(Number), 8), bits: 32 };
}

function parseV6(text: string): AddressRange | undefined {
  if (!URL.canParse(`http://[${text}]/`)) return undefined;
  const [head = '', tail] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return { family: 6, first: joined([...before, ...zeros, ...after], 16), bits: 128 };
}

function groupsOf(text: string): readonly number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

function joined(parts: readonly number[], bits: number): bigint {
  return parts.reduce((sum, part) => (sum << BigInt(bits)) | BigInt(part), 0n);
}
