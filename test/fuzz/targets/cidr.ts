/** Compares addresses and blocks with Node's. */
import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { addressKey, cidrKey, isInCidr, parseAddress, parseCidr } from '../../../src/policy/text/cidr.ts';
import { mutatedText } from '../mutate.ts';
import { defineTarget, ensure } from '../target.ts';

const samples = [
  '10.1.2.3',
  '0.0.0.0',
  '::',
  '::1',
  '2001:db8::7',
  'fe80::1',
  '::ffff:10.0.0.1',
  '1:2:3:4:5:6:7:8',
];
const blocks = [
  '10.0.0.0/8',
  '0.0.0.0/0',
  '10.1.2.3/32',
  '2001:db8::/32',
  '::/0',
  'fe80::/10',
  '::ffff:10.0.0.0/104',
];

export const cidr = () =>
  defineTarget({
    name: 'cidr',
    input: fc.record({
      address: fc.oneof(fc.ipV4(), fc.ipV6(), mutatedText(samples)),
      block: fc.oneof(
        mutatedText(blocks),
        fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(130)).map(([base, prefix]) => `${base}/${prefix}`),
      ),
    }),
    check({ address: text, block }: { address: string; block: string }) {
      const address = parseAddress(text);
      if (!text.includes('%'))
        ensure((address !== undefined) === (isIP(text) !== 0), 'an address as Node has it');
      const cidrBlock = parseCidr(block);
      if (address === undefined || cidrBlock === undefined) return;
      const isIn = isInCidr(address, cidrBlock);
      if (isIn)
        ensure(
          addressKey(address).startsWith(cidrKey(cidrBlock)),
          'a key that begins with that of its block',
        );
      const [base = '', prefix] = block.split('/');
      // Mapped addresses are IPv4 addresses here, and IPv6 addresses to Node.
      if (prefix === undefined || /[%]|^::ffff:/i.test(`${text}${base}`)) return;
      const [family, other] = [isIP(text), isIP(base)];
      if (family === 0 || family !== other || address.length !== cidrBlock.base.length) return;
      if (address.length === 2 && family === 6) return;
      const list = new BlockList();
      list.addSubnet(base, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
      ensure(isIn === list.check(text, family === 4 ? 'ipv4' : 'ipv6'), 'in the block as Node has it');
    },
  });
