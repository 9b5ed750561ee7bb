import { Code } from '@connectrpc/connect';
import { setTrailerStatus } from '@connectrpc/connect/protocol-grpc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure, failureCodes } from '../../src/protocol/failure.ts';
import { toConnectError } from '../../src/transport/connect-error.ts';
import { statusTrailers } from '../../src/transport/status.ts';

describe('the trailers of a failure', () => {
  it.each(failureCodes)('name %s with its status', (code) => {
    const failure = new Failure(code, 'why');
    expect(statusTrailers(failure)).toStrictEqual({
      'grpc-status': String(failure.status),
      'grpc-message': 'why',
      'exhook-failure': code,
    });
    expect(toConnectError(failure)).toMatchObject({ rawMessage: 'why', code: failure.status });
    expect(Code[failure.status]).toBeTypeOf('string');
  });

  it.each([
    ['a: b, c', 'a%3A%20b%2C%20c'],
    ['100%', '100%25'],
    ['ä', '%C3%A4'],
    ['a\r\nb', 'a%0D%0Ab'],
    ['😀', '%F0%9F%98%80'],
    ['\u0000', '%00'],
  ])('encode %j as %s', (message, encoded) => {
    expect(statusTrailers(new Failure('deadline', message))['grpc-message']).toBe(encoded);
  });

  it('are those that Connect writes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...failureCodes), fc.string({ unit: 'grapheme' }), (code, message) => {
        const failure = new Failure(code, message);
        const theirs = setTrailerStatus(new Headers(), toConnectError(failure));
        expect(new Headers(statusTrailers(failure))).toStrictEqual(theirs);
      }),
    );
  });

  it('hold nothing that a header must not, and give the text back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (message) => {
        const encoded = statusTrailers(new Failure('deadline', message))['grpc-message'] ?? '';
        // Spaces at the ends are not part of a header's value.
        expect(encoded).toMatch(/^[\x20-\x7e]*$/);
        expect(decodeURIComponent(encoded).trim()).toBe(
          decodeURIComponent(encodeURIComponent(message)).trim(),
        );
      }),
    );
  });
});
