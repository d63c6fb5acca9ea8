import { describe, expect, it } from 'vitest';
import { classifyAddress, type AddressClass } from '../../src/egress/address-class.ts';

const TABLE: readonly (readonly [AddressClass, readonly string[]])[] = [
  ['public', ['8.8.8.8', '100.63.255.255', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8']],
  [
    'private',
    ['10.0.0.1', '172.16.0.1', '192.168.1.1', '100.64.0.1', 'fd12:3456::1', '::ffff:10.0.0.1'],
  ],
  ['loopback', ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1']],
  ['link_local', ['169.254.1.1', 'fe80::1', 'fe80::1%eth0', '::ffff:169.254.1.1']],
  [
    'metadata',
    [
      '169.254.169.254',
      '169.254.169.253',
      '169.254.170.2',
      '169.254.170.23',
      '168.63.129.16',
      '100.100.100.200',
      '192.0.0.192',
      'fd00:ec2::254',
      'fd00:ec2::23',
      'fd20:ce::254',
      '::ffff:169.254.169.254',
      '::169.254.169.254',
      '64:ff9b::a9fe:a9fe',
      '64:ff9b:1:a9fe:a9:fe00::',
      '2002:a9fe:a9fe::',
      '2001:0:a9fe:a9fe::',
      '2001:0:808:808:0:0:5601:5601',
      '::ffff:0:a9fe:a9fe',
      '2606:4700::5efe:a9fe:a9fe',
    ],
  ],
  [
    'transition',
    [
      '::127.0.0.1',
      '::8.8.8.8',
      '64:ff9b::7f00:1',
      '64:ff9b::808:808',
      '64:ff9b:1::7f00:1',
      '2002:7f00:1::',
      '2002:808:808::1',
      '2001:0:7f00:1::',
      '::ffff:0:127.0.0.1',
      'fe80::5efe:127.0.0.1',
      '2606:4700::200:5efe:808:808',
    ],
  ],
  [
    'special',
    [
      '0.0.0.0',
      '0.1.2.3',
      '::',
      '255.255.255.255',
      '224.0.0.1',
      'ff02::1',
      '240.0.0.1',
      '192.0.2.1',
      '198.18.0.1',
      '192.0.0.1',
      '2001:db8::1',
      '100::1',
      'fec0::1',
      '4000::1',
      '5f00::1',
      '',
      'host',
      '127.0.0.1.',
      '1.2.3.4.5',
      '::1]/',
      '::g',
    ],
  ],
];

describe('classifyAddress', () => {
  it.each(TABLE.flatMap(([expected, list]) => list.map((text) => [text, expected] as const)))(
    'takes %s for %s',
    (text, expected) => {
      expect(classifyAddress(text)).toBe(expected);
    },
  );
});
