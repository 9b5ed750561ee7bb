import { expect, it } from 'vitest';
import { parseUptime } from '../../../src/protocol/wire/uptime.ts';

it.each([
  ['10 seconds', 10n],
  ['1 second', 1n],
  ['0 seconds', 0n],
  ['13 minutes, 10 seconds', 790n],
  ['2 hours, 13 minutes, 10 seconds', 7_990n],
  ['1 days, 2 hours, 13 minutes, 10 seconds', 94_390n],
  ['1 day, 2 hours', 93_600n],
  ['400 days, 0 hours, 0 minutes, 1 seconds', 34_560_001n],
  ['1days,2hours', 93_600n],
  ['', -1n],
  ['a while', -1n],
  ['1150', -1n],
  ['many seconds', -1n],
  ['3 secondsx', -1n],
  ['7 fortnights, 2 seconds', 2n],
])('reads %j as %d seconds', (words, seconds) => {
  expect(parseUptime(words)).toBe(seconds);
});

it('never exceeds 64 bits in a text as long as a broker may send', () => {
  expect(parseUptime('999999999999 days')).toBeLessThan(2n ** 63n);
  expect(parseUptime('9999999999999999999999 days')).toBe(-1n);
});

it('takes hostile text without harm', () => {
  expect(parseUptime('1'.repeat(1_000_000))).toBe(-1n);
  expect(parseUptime('1 '.repeat(500_000))).toBe(-1n);
});
