import { expect, it } from 'vitest';
import { restorePem } from '../../src/lib/pem-text.ts';

const block = (label: string, ...lines: string[]) =>
  [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`].join('\n');
const long = 'A'.repeat(64);

it.each([
  [
    'a chain in one line',
    `${block('CERTIFICATE', long, 'B').replaceAll('\n', '\\n')}\\n${block('CERTIFICATE', 'C')}`,
    `${block('CERTIFICATE', long, 'B')}\n${block('CERTIFICATE', 'C')}`,
  ],
  ['a good text', `${block('PUBLIC KEY', long, 'BCD=')}\n`, `${block('PUBLIC KEY', long, 'BCD=')}\n`],
  [
    'a block with headers',
    block('RSA PRIVATE KEY', 'Proc-Type: 4,ENCRYPTED', '', 'ABC'),
    block('RSA PRIVATE KEY', 'Proc-Type: 4,ENCRYPTED', '', 'ABC'),
  ],
  ['what is no PEM', 'a\\nb', 'a\\nb'],
  ['a block without an end', '-----BEGIN X-----', '-----BEGIN X-----'],
])('restores %s', (_, text, expected) => {
  expect(restorePem(text)).toBe(expected);
});
