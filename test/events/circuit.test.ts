import { expect, it } from 'vitest';
import { Circuit } from '../../src/events/circuit.ts';

it('a sink that is down counts as such until it is time to try it, and while somebody tries', () => {
  let now = 1_000;
  const circuit = new Circuit({ openAfter: 2, min: 100, max: 1_000, now: () => now, random: () => 0 });
  circuit.failed(false);
  expect([circuit.state, circuit.isHopeless(0)]).toEqual(['closed', false]);
  now = 1_050;
  circuit.failed(false);
  expect([circuit.state, circuit.wait]).toEqual(['open', 200]);
  // Whoever comes now is the one that tries: who gave up at once would never learn that it is back.
  now = 1_250;
  expect([circuit.state, circuit.isHopeless(0), circuit.wait]).toEqual(['half-open', false, 0]);
  expect(circuit.enter()).toBe(true);
  expect([circuit.isHopeless(249), circuit.isHopeless(250), circuit.wait]).toEqual([true, false, undefined]);
  circuit.succeeded(true);
  expect([circuit.state, circuit.isHopeless(0), circuit.wait]).toEqual(['closed', false, 0]);
});

it('waiting for a sink is in vain when nobody tries it in time, or it was down for longer', () => {
  let now = 0;
  const circuit = new Circuit({ openAfter: 1, min: 1_000, max: 1_000, now: () => now, random: () => 0 });
  circuit.failed(false);
  expect([999, 1_000].map((patience) => circuit.isHopeless(patience))).toEqual([true, false]);
  now = 1_000;
  circuit.failed(circuit.enter());
  now = 1_500;
  expect([1_499, 1_500].map((patience) => circuit.isHopeless(patience))).toEqual([true, false]);
});
