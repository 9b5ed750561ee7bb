import { describe, expect, it } from 'vitest';
import { CallStore } from '../../../web/inspector/live/call-store.ts';
import { sampleCall } from '../../support/inspector/sample-calls.ts';

const calls = (...seqs: number[]) => seqs.map((seq) => sampleCall(seq - 1));

function storeOf(...seqs: number[]): CallStore {
  const store = new CallStore();
  store.add(calls(...seqs));
  return store;
}

const seqsOf = (store: CallStore) => Array.from({ length: store.size }, (_, i) => store.at(i)?.seq);

describe('the calls of the page', () => {
  it('are in their order, however they come, and each once', () => {
    const store = storeOf(5, 4, 6);
    store.add(calls(9, 8));
    store.add(calls(2, 3, 5));
    store.add(calls(7));
    store.add([]);
    expect(seqsOf(store)).toStrictEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('are found by their number, also between gaps', () => {
    const store = storeOf(2, 4, 8);
    expect([1, 2, 3, 5, 9].map((seq) => store.indexFrom(seq))).toStrictEqual([0, 0, 1, 2, 3]);
    expect([2, 3, 8].map((seq) => store.indexOf(seq))).toStrictEqual([0, undefined, 2]);
    expect(store.find(4)?.seq).toBe(4);
    expect(store.find(5)).toBeUndefined();
  });

  it('get newer states of their events, and unknown calls are passed over', () => {
    const store = storeOf(1, 3);
    const events = [{ id: 'a', type: 'b', sinks: { history: 'rejected' as const } }];
    store.update([
      { seq: 3, events },
      { seq: 7, events },
    ]);
    expect(store.find(3)?.events).toBe(events);
    expect(store.size).toBe(2);
  });

  it('lose the oldest when there are too many', () => {
    const store = storeOf(...Array.from({ length: 110 }, (_, i) => i + 1));
    expect(store.trim(109)).toBe(0);
    expect(store.trim(100)).toBe(10);
    expect([store.first?.seq, store.last?.seq, store.size]).toStrictEqual([11, 110, 100]);
  });
});
