import { expect, it } from 'vitest';
import { tlsSentenceOf } from '../../src/sinks/tls-errors.ts';

it.each([
  ['unable to verify the first certificate', /see tls\.ca/],
  ['unable to get local issuer certificate', /see tls\.ca/],
  ['self-signed certificate', /see tls\.ca/],
  ['certificate has expired', /has expired/],
  [
    '00:error:0A000418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:x.c:1:SSL alert number 48',
    /tls\.cert/,
  ],
  ['00:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:x.c:1:', /does not speak TLS/],
  ['00:error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:x.c:1:', /TLS 1\.2/],
])('says what to do about: %s', (message, says) => {
  expect(tlsSentenceOf(message)).toMatch(says);
});

it('ignores errors that are not about TLS', () => {
  expect(tlsSentenceOf('connect ECONNREFUSED 127.0.0.1:1')).toBeUndefined();
});
