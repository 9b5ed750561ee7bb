import { expect, it } from 'vitest';
import { findNearest } from '../../src/config/nearest.ts';

const names = ['host', 'port', 'messageBytes', 'bodyTimeout', 'client.connected', 'client.connect'] as const;

it.each([
  ['prot', 'port'],
  ['Port', 'port'],
  ['message_bytes', 'messageBytes'],
  ['messagebyte', 'messageBytes'],
  ['client_connected', 'client.connected'],
  ['client.conected', 'client.connected'],
  ['timeout', undefined],
  ['x', undefined],
  ['', undefined],
  ['p'.repeat(100_000), undefined],
])('%.20s -> %s', (name, nearest) => {
  expect(findNearest(name, names)).toBe(nearest);
});
