import { describe, expect, it } from 'vitest';
import { formatTraceParent, parseTraceParent } from '../../../src/telemetry/tracing/trace-parent.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

describe('a traceparent', () => {
  it('follows W3C Trace Context, and reads back', () => {
    const text = formatTraceParent({ traceId, spanId, traceFlags: 1 });
    expect(text).toBe(`00-${traceId}-${spanId}-01`);
    expect(parseTraceParent(text ?? '')).toStrictEqual({ traceId, spanId, traceFlags: 1 });
  });

  it('is absent for unsampled traces, and for ids of zeros', () => {
    expect(formatTraceParent({ traceId, spanId, traceFlags: 0 })).toBeUndefined();
    expect(formatTraceParent({ traceId: '0'.repeat(32), spanId, traceFlags: 1 })).toBeUndefined();
    expect(formatTraceParent({ traceId: '"', spanId, traceFlags: 1 })).toBeUndefined();
  });

  it.each([
    '',
    'nonsense',
    `00-${traceId}-${spanId}`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `01-${traceId}-${spanId}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId}-${spanId}-01-more`,
  ])('is not read from %j', (text) => {
    expect(parseTraceParent(text)).toBeUndefined();
  });
});
