import { expect, it } from 'vitest';
import { CircuitBreaker } from '../../src/lib/circuit-breaker.ts';

it('a sink that is down stays so until the next attempt is due, and while it is tried', () => {
  let now = 1_000;
  const circuit = new CircuitBreaker({ failures: 2, openFor: () => 200, now: () => now });
  circuit.failed(false);
  expect([circuit.state, circuit.isHopeless(0)]).toEqual(['closed', false]);
  now = 1_050;
  circuit.failed(false);
  expect([circuit.state, circuit.wait]).toEqual(['open', 200]);
  // The next caller tries: one that gave up at once would never notice the recovery.
  now = 1_250;
  expect([circuit.state, circuit.isHopeless(0), circuit.wait]).toEqual(['half-open', false, 0]);
  expect(circuit.enter()).toBe(true);
  expect([circuit.isHopeless(249), circuit.isHopeless(250), circuit.wait]).toEqual([true, false, undefined]);
  circuit.succeeded(true);
  expect([circuit.state, circuit.isHopeless(0), circuit.wait]).toEqual(['closed', false, 0]);
});

it('waiting for a sink is in vain when nobody tries it in time, or it was down for longer', () => {
  let now = 0;
  const circuit = new CircuitBreaker({ failures: 1, openFor: () => 1_000, now: () => now });
  circuit.failed(false);
  expect([999, 1_000].map((patience) => circuit.isHopeless(patience))).toEqual([true, false]);
  now = 1_000;
  circuit.failed(circuit.enter());
  now = 1_500;
  expect([1_499, 1_500].map((patience) => circuit.isHopeless(patience))).toEqual([true, false]);
});

it('tells how many trials have failed since the service was up', () => {
  let now = 0;
  const trials: number[] = [];
  const openFor = (failed: number) => {
    trials.push(failed);
    return 100;
  };
  const circuit = new CircuitBreaker({ failures: 1, openFor, now: () => now });
  circuit.failed(circuit.enter());
  for (now of [100, 200]) circuit.failed(circuit.enter());
  now = 300;
  circuit.succeeded(circuit.enter());
  circuit.failed(circuit.enter());
  expect(trials).toEqual([0, 1, 2, 0]);
});

it('lets the next attempt try when a trial has said nothing about the service', () => {
  const circuit = new CircuitBreaker({ failures: 1, openFor: () => 0, now: () => 0 });
  circuit.failed(circuit.enter());
  const isTrial = circuit.enter();
  expect([isTrial, circuit.wait]).toEqual([true, undefined]);
  circuit.ended(isTrial);
  expect([circuit.state, circuit.wait]).toEqual(['half-open', 0]);
});
