import { describe, expect, it } from 'vitest';
import { scrub } from '../../src/log/format/scrub.ts';

const S = 's3cret-s3cret-s3cret';
const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';

describe('a line', () => {
  it.each([
    [`connect redis://:${S}@host:6379`, 'connect redis://***@host:6379'],
    [`connect amqp://user:${S}@host/v`, 'connect amqp://***@host/***'],
    [`connect nats://${S}@host`, 'connect nats://***@host'],
    [`connect postgres://u:p@${S}@host/db`, 'connect postgres://***@host/***'],
    [`of nats://a:4222,nats://u:${S}@b`, 'of nats://***@a'.replace('***@a', 'a:4222,nats://***@b')],
    [`GET https://host/x?a=1&token=${S}&b=2`, 'GET https://host/***?a=***&token=***&b=***'],
    [`GET https://host/x?API_KEY=${S}`, 'GET https://host/***?API_KEY=***'],
    [`bad token ${token}.`, 'bad token (a token)'],
    [`header "Bearer ${S}"`, 'header "Bearer ***"'],
    [`header "authorization: basic ${S}"`, 'header "authorization: basic ***"'],
    [
      `{"message":"-----BEGIN EC PRIVATE KEY-----\\n${S}\\n-----END EC PRIVATE KEY-----\\n","x":1}`,
      '{"message":"(a private key)","x":1}',
    ],
  ])('loses what looks like a secret: %#', (line, expected) => {
    expect(scrub(line)).toBe(expected);
  });

  it('loses every secret, line after line', () => {
    for (let i = 0; i < 3; i++) expect(scrub(`Bearer ${S} Bearer ${S}`)).toBe('Bearer *** Bearer ***');
  });

  it.each([
    ['{"message":"listening on http://127.0.0.1:9000"}'],
    ['{"message":"see https://host/","node":"emqx@127.0.0.1"}'],
    ['{"topic":"a/b?c=d","clientid":"eyJ"}'],
    ['{"message":"GET /auth?token=${username}"}'],
    ['{"message":"write a Bearer token, or Basic credentials"}'],
    ['{"message":"-----BEGIN CERTIFICATE-----"}'],
  ])('is left as it is without one: %s', (line) => {
    expect(scrub(line)).toBe(line);
  });

  it('stays JSON', () => {
    const line = JSON.stringify({
      a: `x://u:${S}"@h`,
      b: `\\Bearer ${S}`,
      c: `-----BEGIN PRIVATE KEY-----\n"${S}`,
    });
    expect(() => JSON.parse(scrub(line))).not.toThrow();
  });
});
