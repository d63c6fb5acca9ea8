import ipaddr from 'ipaddr.js';
import { Refusal } from '../domain/refusal.ts';
import {
  classifyAddress,
  isInside,
  isSameAddress,
  parseAddress,
  type AddressClass,
  type AddressRange,
} from './address-class.ts';

/** `laptop`: one person, bound to loopback; `shared`: everything else. */
export type EgressProfile = 'laptop' | 'shared';
export type Endpoint = { readonly host: string; readonly port: number };

/** Which addresses may be called. */
export type EgressPolicy = {
  readonly profile: EgressProfile;
  readonly allow: AllowList;
  /** Where this daemon answers itself: a task must not approve itself. */
  readonly ownEndpoints: () => readonly Endpoint[];
  /** The addresses of this machine's network interfaces. */
  readonly localAddresses: () => readonly string[];
};

export type AllowList = {
  readonly ranges: readonly AddressRange[];
  readonly endpoints: readonly Endpoint[];
};

/** Why an address or a name may not be called. */
export type EgressRefusal = Exclude<AddressClass, 'public'> | 'own_endpoint';

/** Refuses entries that are neither an address range such as `10.1.0.0/16` nor `host:port`. */
export function parseAllowList(entries: readonly string[]): AllowList {
  const ranges: AddressRange[] = [];
  const endpoints: Endpoint[] = [];
  for (const entry of entries) {
    if (ipaddr.isValidCIDR(entry)) {
      ranges.push(ipaddr.parseCIDR(entry));
    } else {
      endpoints.push(parseEndpoint(entry));
    }
  }
  return { ranges, endpoints };
}

function parseEndpoint(entry: string): Endpoint {
  const [, host, digits] = /^(\[[^\]]+\]|[^:/\s]+):(\d{1,5})$/.exec(entry) ?? [];
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65_535 || !URL.canParse(`http://${host}/`)) {
    throw new Refusal(
      'invalid',
      `"${entry}" is no entry for the list of allowed addresses. Write an address range such as ` +
        '"10.1.0.0/16", or a host with its port such as "intranet.example:8443".',
    );
  }
  return { host: hostOf(new URL(`http://${host}/`)), port };
}

/** The host of a URL as it is compared: no brackets, no final dot. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/** What can be refused of a host before its name is resolved. */
export function refuseHost(
  policy: EgressPolicy,
  host: string,
  port: number,
): EgressRefusal | undefined {
  if (METADATA_HOSTS.has(host)) return 'metadata';
  const isOwn = policy.ownEndpoints().some((own) => own.port === port && own.host === host);
  if (isOwn) return 'own_endpoint';
  return parseAddress(host) === undefined ? undefined : refuseAddress(policy, host, host, port);
}

/** Whether one address, to which `host` was resolved, must not be dialled. */
export function refuseAddress(
  policy: EgressPolicy,
  address: string,
  host: string,
  port: number,
): EgressRefusal | undefined {
  const addressClass = classifyAddress(address);
  if (addressClass === 'metadata') return 'metadata';
  if (isOwnEndpoint(policy, address, addressClass, port)) return 'own_endpoint';
  if (addressClass === 'public' || isListed(policy.allow, address, host, port)) return undefined;
  const isNear = addressClass === 'private' || addressClass === 'loopback';
  return isNear && policy.profile === 'laptop' ? undefined : addressClass;
}

/** Names under which clouds serve credentials to whoever asks from inside. */
const METADATA_HOSTS: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
  'metadata.azure.internal',
  'metadata.azure.com',
  'metadata.tencentyun.com',
  'rancher-metadata',
]);

function isOwnEndpoint(
  policy: EgressPolicy,
  address: string,
  addressClass: AddressClass,
  port: number,
): boolean {
  const hosts = policy.ownEndpoints().filter((own) => own.port === port);
  return hosts.some(({ host }) => {
    // All of loopback counts as one host: which of its addresses answer differs between systems.
    if (host === 'localhost' || classifyAddress(host) === 'loopback') {
      return addressClass === 'loopback';
    }
    if (isWildcard(host)) {
      return (
        addressClass === 'loopback' ||
        policy.localAddresses().some((local) => isSameAddress(local, address))
      );
    }
    return isSameAddress(host, address);
  });
}

function isWildcard(host: string): boolean {
  return host === '' || parseAddress(host)?.range() === 'unspecified';
}

function isListed(allow: AllowList, address: string, host: string, port: number): boolean {
  const parsed = parseAddress(address);
  if (parsed === undefined) return false;
  return (
    allow.ranges.some((range) => isInside(parsed, range)) ||
    allow.endpoints.some(
      (listed) =>
        listed.port === port && (listed.host === host || isSameAddress(listed.host, address)),
    )
  );
}
