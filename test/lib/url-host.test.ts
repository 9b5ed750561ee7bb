import { expect, it } from 'vitest';
import { addBrackets, removeBrackets } from '../../src/lib/url-host.ts';

it.each([
  ['::1', '[::1]'],
  ['fe80::1%eth0', '[fe80::1%eth0]'],
  ['127.0.0.1', '127.0.0.1'],
  ['broker.example', 'broker.example'],
])('the host %s is written %s in a URL', (host, written) => {
  expect(addBrackets(host)).toBe(written);
  expect(removeBrackets(written)).toBe(host);
});
