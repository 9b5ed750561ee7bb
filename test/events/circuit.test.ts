import { expect, it } from 'vitest';
import { Circuit } from '../../src/events/circuit.ts';

it('a sink that is down counts as such until it is time to try it, and while somebody tries', () => {
  let now = 1_000;
  const circuit = new Circuit({ openAfter: 2, min: 100, max: 1_000, now: () => now, random: () => 0 });
  circuit.failed(false);
  expect([circuit.state, circuit.downFor]).toEqual(['closed', 0]);
  now = 1_050;
  circuit.failed(false);
  expect([circuit.state, circuit.downFor, circuit.wait]).toEqual(['open', 50, 200]);
  // Whoever comes now is the one that tries: who gave up at once would never learn that it is back.
  now = 1_250;
  expect([circuit.state, circuit.downFor, circuit.wait]).toEqual(['half-open', 0, 0]);
  expect(circuit.enter()).toBe(true);
  expect([circuit.downFor, circuit.wait]).toEqual([250, undefined]);
  circuit.succeeded(true);
  expect([circuit.state, circuit.downFor, circuit.wait]).toEqual(['closed', 0, 0]);
});
