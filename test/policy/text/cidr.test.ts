import { describe, expect, test } from 'vitest';
import { isInCidr, parseAddress, parseCidr } from '../../../src/policy/text/cidr.ts';

function isIn(address: string, block: string): boolean {
  const [parsed, cidr] = [parseAddress(address), parseCidr(block)];
  if (parsed === undefined || cidr === undefined) throw new Error(`${address} or ${block} cannot be read`);
  return isInCidr(parsed, cidr);
}

describe('an address', () => {
  test.each([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['10.1.2.3', '10.9.9.9/8', true], // bits after the prefix are ignored
    ['192.168.1.129', '192.168.1.128/25', true],
    ['192.168.1.127', '192.168.1.128/25', false],
    ['192.168.1.7', '192.168.1.7', true],
    ['192.168.1.8', '192.168.1.7', false],
    ['192.168.1.7', '192.168.1.6/31', true],
    ['255.255.255.255', '0.0.0.0/0', true],
    ['172.31.0.1', '172.16.0.0/12', true],
    ['172.32.0.1', '172.16.0.0/12', false],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1', true],
    ['fe80::1%eth0', 'fe80::/10', true],
    ['::1', '::1/128', true],
    ['::1', '::/0', true],
    ['10.1.2.3', '::/0', false], // families do not mix
    ['::1', '0.0.0.0/0', false],
    ['::ffff:10.1.2.3', '10.0.0.0/8', true], // RFC 4291, 2.5.5.2: addresses at a dual-stack listener
    ['10.1.2.3', '::ffff:10.0.0.0/104', true],
    ['11.1.2.3', '::ffff:10.0.0.0/104', false],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304', true],
  ])('%s in %s: %o', (address, block, expected) => expect(isIn(address, block)).toBe(expected));
});

test.each([
  [''],
  ['x'],
  ['1.2.3'],
  ['1.2.3.4.5'],
  ['1.2.3.256'],
  ['1.2.3.04'], // octal to some
  // What other readers take for addresses.
  ['10'],
  ['10/8'],
  ['2130706433'],
  ['0x0a.0.0.1'],
  ['::ffff:010.0.0.1'],
  ['10.0.0.0/08'],
  ['1.2.3.4/33'],
  ['1.2.3.4/'],
  ['1.2.3.4/-1'],
  ['1.2.3.4/8/8'],
  [':'],
  [':::'],
  ['1::2::3'],
  ['1:2:3:4:5:6:7'],
  ['1:2:3:4:5:6:7:8:9'],
  ['1:2:3:4:5:6:7:8::'],
  ['12345::'],
  ['1.2.3.4::'],
  ['::g'],
  ['::1/129'],
  ['::ffff:1.2.3.4/95'],
])('%o is not an address block', (text) => expect(parseCidr(text)).toBeUndefined());
