import { expect, it } from 'vitest';
import { CallRecord } from '../../../src/inspector/tap/call-record.ts';
import { CallRing } from '../../../src/inspector/tap/ring.ts';
import { rpcFor } from '../../support/runtime.ts';

const rpc = rpcFor('client.connected');
const aRecord = (bytes = 100) => new CallRecord(rpc, 0, 0, bytes);
const seqs = (ring: CallRing) => [...ring.all()].map(({ seq }) => seq);

it('An empty ring has no calls', () => {
  const ring = new CallRing({ calls: 3, bytes: 1000 });
  expect([ring.first, ring.last, ring.size, ring.bytes]).toEqual([1, 0, 0, 0]);
  expect(ring.get(0)).toBeUndefined();
  expect(ring.get(1)).toBeUndefined();
});

it('Calls are numbered in their order, and the oldest is forgotten when there are too many', () => {
  const forgotten: number[] = [];
  const ring = new CallRing({ calls: 3, bytes: 1000 }, ({ seq }) => forgotten.push(seq));
  for (let i = 0; i < 5; i++) ring.push(aRecord());
  expect(seqs(ring)).toEqual([3, 4, 5]);
  expect(forgotten).toEqual([1, 2]);
  expect([ring.first, ring.last, ring.size, ring.bytes]).toEqual([3, 5, 3, 300]);
  expect([ring.get(2), ring.get(6), ring.get(1.5)]).toEqual([undefined, undefined, undefined]);
  expect(ring.get(4)?.seq).toBe(4);
});

it('The oldest calls are forgotten when the calls hold too many bytes', () => {
  const ring = new CallRing({ calls: 100, bytes: 1000 });
  for (const bytes of [400, 400, 300, 600]) ring.push(aRecord(bytes));
  expect(seqs(ring)).toEqual([3, 4]);
  expect(ring.bytes).toBe(900);
});

it('A call that is larger than the ring is kept alone until the next one', () => {
  const ring = new CallRing({ calls: 100, bytes: 1000 });
  ring.push(aRecord());
  ring.push(aRecord(5000));
  expect(seqs(ring)).toEqual([2]);
  ring.push(aRecord());
  expect(seqs(ring)).toEqual([3]);
  expect(ring.bytes).toBe(100);
});

it('A call that grows after it was pushed makes others leave, and a forgotten one counts no more', () => {
  const ring = new CallRing({ calls: 100, bytes: 1000 });
  const [first, second] = [aRecord(400), aRecord(400)];
  ring.push(first);
  ring.push(second);
  ring.grow(second, 300);
  expect(seqs(ring)).toEqual([2]);
  expect(ring.bytes).toBe(700);
  ring.grow(first, 5000);
  expect(ring.bytes).toBe(700);
});
