import { parseTimeout } from '@connectrpc/connect/protocol-grpc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/protocol/failure.ts';
import { createTimeoutParser } from '../../src/transport/deadline.ts';

describe('the header grpc-timeout', () => {
  it.each([
    [undefined, 5_000],
    ['5S', 5_000],
    ['1H', 3_600_000],
    ['2M', 120_000],
    ['500m', 500],
    ['1500u', 1.5],
    ['1000000n', 1],
    ['0S', 0],
    ['0m', 0],
    ['99999999m', 99_999_999],
    ['00000005S', 5_000],
  ])('%j is %d ms', (header, expected) => {
    const parse = createTimeoutParser();
    expect([parse(header), parse(header)]).toStrictEqual([expected, expected]);
  });

  it('is read as Connect reads it', () => {
    const digits = fc.nat(99_999_999).map(String);
    fc.assert(
      fc.property(digits, fc.constantFrom('H', 'M', 'S', 'm', 'u', 'n'), (amount, unit) => {
        const { timeoutMs = Number.NaN } = parseTimeout(amount + unit, Number.POSITIVE_INFINITY);
        expect(createTimeoutParser()(amount + unit)).toBeCloseTo(timeoutMs);
      }),
    );
  });

  it('of the longest span is without end, or as long as it says', () => {
    expect(createTimeoutParser()('99999999H')).toBeGreaterThan(1_000_000);
  });

  it.each([
    '',
    '5',
    'S',
    '5s',
    '5 S',
    '-5S',
    '+5S',
    '5.5S',
    '123456789S',
    '5S5S',
    '5x',
    ' 5S',
    '5S ',
    'NaN',
    '٥S',
  ])('%j is invalid, each time', (header) => {
    const parse = createTimeoutParser();
    for (let i = 0; i < 2; i++) {
      expect(() => parse(header)).toThrow(
        expect.objectContaining({ name: 'Failure', code: 'invalid_request' }),
      );
    }
  });

  it('is not repeated in the error', () => {
    const parse = createTimeoutParser();
    expect(() => parse('secret')).toThrow(Failure);
    expect(() => parse('secret')).not.toThrow(/secret/);
  });

  it('may have any number of values', () => {
    const parse = createTimeoutParser();
    for (let round = 0; round < 2; round++) for (let i = 0; i < 1_000; i++) expect(parse(`${i}m`)).toBe(i);
  });
});
