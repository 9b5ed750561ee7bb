import { describe, expect, it } from 'vitest';
import { encodeData } from '../../src/sinks/cloudevents/encode-data.ts';

describe('a long list in the data of an event', () => {
  it.each([1, 63, 64, 65, 127, 128, 129, 1000])('of %i items is the JSON of its items', (length) => {
    const list = Array.from({ length }, (_, i) => (i % 5 === 0 ? undefined : { name: `n${i}`, at: [i] }));
    expect(encodeData({ list, after: 1 })).toBe(JSON.stringify({ list, after: 1 }));
  });

  it('is truncated where the data has more objects than any packet', () => {
    const text = encodeData({ list: Array.from({ length: 300_000 }, () => ({})) });
    expect(text.endsWith(',"[omitted]"]}')).toBe(true);
    expect(JSON.parse(text).list).toHaveLength(249_999);
  });
});
