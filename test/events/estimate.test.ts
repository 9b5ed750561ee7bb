import { describe, expect, it } from 'vitest';
import { estimateBytes } from '../../src/events/estimate.ts';
import { aMessage } from '../support/inputs.ts';

const of = (data: object) => estimateBytes({ id: '', data: data as Record<string, unknown> });

describe('the estimate of an event', () => {
  it.each([
    ['its payload', { message: aMessage({ payload: new Uint8Array(1_000_000) }) }],
    ['its longest text', { clientinfo: { clientid: 'x'.repeat(1_000_000) } }],
    [
      'its many user properties',
      { userProps: Array.from({ length: 50_000 }, () => ({ name: 'aa', value: 'bb' })) },
    ],
  ])('is at least %s', (_, data) => {
    expect(of(data)).toBeGreaterThanOrEqual(1_000_000);
  });

  it('ends when the data is cyclic', () => {
    const data: Record<string, unknown> = {};
    data.self = data;
    expect(of(data)).toBeLessThan(1000);
  });
});
