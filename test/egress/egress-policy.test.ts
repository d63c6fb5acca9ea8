import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/domain/refusal.ts';
import {
  hostOf,
  parseAllowList,
  refuseAddress,
  refuseHost,
  type EgressPolicy,
} from '../../src/egress/egress-policy.ts';

function policy(changes: Partial<EgressPolicy> = {}): EgressPolicy {
  return {
    profile: 'shared',
    allow: parseAllowList([]),
    ownEndpoints: () => [],
    localAddresses: () => ['127.0.0.1', '192.168.7.7', 'fd12::7'],
    ...changes,
  };
}

function refusalOf(urlText: string, changes: Partial<EgressPolicy> = {}): string | undefined {
  const url = new URL(urlText);
  return refuseHost(policy(changes), hostOf(url), Number(url.port || 80));
}

const LOOPBACK = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0177.0.0.1',
  '017700000001',
  '127.0.0.1.',
  '%31%32%37.0.0.1',
  '①②⑦.0.0.1',
  '127。0。0。1',
  '127.255.255.254',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
];

const NEVER = [
  '0',
  '0.0.0.0',
  '0x0',
  '[::]',
  '[::ffff:0.0.0.0]',
  '[::127.0.0.1]',
  '[::7f00:1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[::ffff:0:127.0.0.1]',
  '[2606:4700::5efe:127.0.0.1]',
  '169.254.1.1',
  '[fe80::1]',
  '224.0.0.1',
  '[ff02::1]',
  '240.0.0.1',
  '255.255.255.255',
  '192.0.2.1',
  '[2001:db8::1]',
];

const METADATA = [
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '0251.0376.0251.0376',
  '025177524776',
  '169.254.43518',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '[::169.254.169.254]',
  '[64:ff9b::a9fe:a9fe]',
  '[2002:a9fe:a9fe::]',
  '[fd00:ec2::254]',
  '[fd20:ce::254]',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
  '169.254.170.2',
  'metadata.google.internal',
  'METADATA.google.internal.',
  'metadata',
];

describe('refuseHost', () => {
  it.each(LOOPBACK)('lets a laptop call loopback, and nobody else, written as %s', (host) => {
    expect(refusalOf(`http://${host}/`, { profile: 'laptop' })).toBeUndefined();
    expect(refusalOf(`http://${host}/`)).toBe('loopback');
  });

  it.each(['10.1.2.3', '192.168.1.1', '172.31.0.1', '100.64.0.1', '[fd12::1]'])(
    'lets a laptop call the private address %s, and nobody else',
    (host) => {
      expect(refusalOf(`http://${host}/`, { profile: 'laptop' })).toBeUndefined();
      expect(refusalOf(`http://${host}/`)).toBe('private');
    },
  );

  it.each(NEVER)('refuses %s under both profiles', (host) => {
    expect(refusalOf(`http://${host}/`, { profile: 'laptop' })).toBeDefined();
    expect(refusalOf(`http://${host}/`)).toBeDefined();
  });

  it.each(METADATA)('refuses the metadata service %s whatever is allowed', (host) => {
    const allow = parseAllowList(['0.0.0.0/0', '::/0', 'metadata:80', '169.254.169.254:80']);
    expect(refusalOf(`http://${host}/`, { profile: 'laptop', allow })).toBe('metadata');
    expect(refusalOf(`http://${host}/`, { allow })).toBe('metadata');
  });

  it.each(['8.8.8.8', '[2606:4700::1111]', 'example.com'])('lets everybody call %s', (host) => {
    expect(refusalOf(`http://${host}/`)).toBeUndefined();
  });
});

describe('the list of allowed addresses', () => {
  it('opens a range, on every port', () => {
    const allow = parseAllowList(['10.1.0.0/16', 'fd12::/16']);
    expect(refusalOf('http://10.1.9.9:8080/', { allow })).toBeUndefined();
    expect(refusalOf('http://[::ffff:10.1.9.9]/', { allow })).toBeUndefined();
    expect(refusalOf('http://[fd12::5]/', { allow })).toBeUndefined();
    expect(refusalOf('http://10.2.0.1/', { allow })).toBe('private');
  });

  it('opens one port of a host, by name or address', () => {
    const allow = parseAllowList(['Intranet.example:8443', '10.9.9.9:81', '[fd12::9]:82']);
    const open = policy({ allow });
    expect(refuseAddress(open, '10.0.0.1', 'intranet.example', 8443)).toBeUndefined();
    expect(refuseAddress(open, '10.0.0.1', 'intranet.example', 443)).toBe('private');
    expect(refuseAddress(open, '10.0.0.1', 'other.example', 8443)).toBe('private');
    expect(refuseAddress(open, '169.254.169.254', 'intranet.example', 8443)).toBe('metadata');
    expect(refusalOf('http://10.9.9.9:81/', { allow })).toBeUndefined();
    expect(refusalOf('http://10.9.9.9:82/', { allow })).toBe('private');
    expect(refusalOf('http://[fd12::9]:82/', { allow })).toBeUndefined();
  });

  it.each([
    'intranet.example',
    '10.0.0.0/33',
    'a b:80',
    'host:0',
    'host:99999',
    ':80',
    'http://x:80',
    '',
  ])('refuses the entry "%s"', (entry) => {
    expect(() => parseAllowList([entry])).toThrow(Refusal);
  });
});

describe('the own endpoints', () => {
  const bound = (host: string): Partial<EgressPolicy> => ({
    profile: 'laptop',
    allow: parseAllowList(['0.0.0.0/0', '::/0', '127.0.0.1:4100']),
    ownEndpoints: () => [{ host, port: 4100 }],
  });

  it.each(LOOPBACK)('are refused on loopback, written as %s, whatever is allowed', (host) => {
    for (const own of ['127.0.0.1', '::1', 'localhost', '0.0.0.0', '::']) {
      expect(refusalOf(`http://${host}:4100/`, bound(own))).toBe('own_endpoint');
      expect(refusalOf(`http://${host}:4101/`, bound(own))).toBeUndefined();
    }
  });

  it('are refused on every interface when the daemon listens on all of them', () => {
    expect(refusalOf('http://192.168.7.7:4100/', bound('0.0.0.0'))).toBe('own_endpoint');
    expect(refusalOf('http://[fd12::7]:4100/', bound('::'))).toBe('own_endpoint');
    expect(refusalOf('http://192.168.7.8:4100/', bound('0.0.0.0'))).toBeUndefined();
    expect(refusalOf('http://192.168.7.7:4100/', bound('127.0.0.1'))).toBeUndefined();
  });

  it('are refused by their public name', () => {
    expect(refusalOf('http://Scheduler.example.:4100/', bound('scheduler.example'))).toBe(
      'own_endpoint',
    );
    expect(refusalOf('http://other.example:4100/', bound('scheduler.example'))).toBeUndefined();
  });
});
