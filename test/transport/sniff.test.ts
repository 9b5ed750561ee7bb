import { describe, expect, it } from 'vitest';
import { sniff } from '../../src/transport/sniff.ts';

describe('the first bytes of a connection', () => {
  it.each([
    ['', 'more'],
    ['P', 'more'],
    ['PR', 'more'],
    ['PRI', 'http2'],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'http2'],
    ['PO', 'http1'],
    ['POST / HTTP/1.1', 'http1'],
    ['PROPFIND / HTTP/1.1', 'http1'],
    ['PUT', 'http1'],
    ['GET / HTTP/1.1', 'http1'],
    ['pri', 'http1'],
    [' PRI', 'http1'],
    ['\u0000', 'http1'],
    ['\u0016', 'tls'],
    ['\u0016\u0003\u0001', 'tls'],
    ['P\u0016', 'http1'],
  ])('%j are %s', (text, spoken) => {
    expect(sniff(Buffer.from(text, 'latin1'))).toBe(spoken);
  });
});
