import { expect, it } from 'vitest';
import { carriesToken } from '../../src/lib/bearer-token.ts';

it.each<[header: string | undefined, carries: boolean]>([
  ['Bearer s3cret', true],
  ['bearer s3cret', true],
  ['Bearer  s3cret ', true],
  ['Bearer s3cre', false],
  ['Bearer s3cret2', false],
  ['Bearer S3CRET', false],
  ['Bearer ', false],
  ['Bearer', false],
  ['s3cret', false],
  ['Basic s3cret', false],
  ['Bearer s3cret s3cret', false],
  ['', false],
  [undefined, false],
])('%j carries the token: %j', (header, carries) => {
  expect(carriesToken(header, 's3cret')).toBe(carries);
});

it('is carried by no header when it is empty', () => {
  for (const header of [undefined, '', 'Bearer ', 'Bearer x']) expect(carriesToken(header, '')).toBe(false);
});
