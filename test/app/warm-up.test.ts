import { describe, expect, it, vi } from 'vitest';
import { warm, warmUp } from '../../src/app/warm-up.ts';
import { rpcs } from '../../src/protocol/wire/rpc.ts';

describe('the warm-up', () => {
  it.each(rpcs)('sends an empty call of $version $hook through the flow, without side effects', (rpc) => {
    const write = vi.spyOn(process.stdout, 'write');
    expect(warm(rpc)).toBeInstanceOf(Uint8Array);
    expect(write).not.toHaveBeenCalled();
    write.mockRestore();
  });

  it('waits for the first calls, then takes one kind a turn, and ends', () => {
    vi.useFakeTimers();
    try {
      warmUp();
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(49);
      expect(vi.getTimerCount()).toBe(1);
      vi.runAllTimers();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
