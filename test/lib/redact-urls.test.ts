import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactUrls, redactUrlsInJson } from '../../src/lib/redact-urls.ts';

const S = 's3cret-s3cret';

describe('redactUrls', () => {
  it.each([
    [`https://hooks.slack.com/services/T0/${S}`, 'https://hooks.slack.com/***'],
    [`https://host/${S}`, 'https://host/***'],
    [`file:///run/x?token=${S}`, 'file:///***?token=***'],
    [`https://u:${S}@host:8443/p?a=${S}#${S}`, 'https://***@host:8443/***?a=***#***'],
    [`https://host?${S}`, 'https://host?***'],
    [`https://host/?a=${S}&b&c=\${clientid}&d=`, 'https://host/?a=***&***&c=${clientid}&d='],
    [`https://host/?a=${S}=${S}`, 'https://host/?a=***'],
    [`redis://:${S}@h:6379/0`, 'redis://***@h:6379/0'],
    [`nats://${S}@h`, 'nats://***@h'],
    [`postgres://u:p@${S}@host/db`, 'postgres://***@host/***'],
    [`postgres://u:p/${S}@host/db`, 'postgres://***@host/***'],
    [`amqp://u:p?${S}@host`, 'amqp://***@host'],
    [`http://[::1]:9000/${S}`, 'http://[::1]:9000/***'],
    [`a https://h/${S}, b (https://h/${S}).`, 'a https://h/***, b (https://h/***).'],
    [`nats://a:4222,nats://u:${S}@b,nats://c/${S}`, 'nats://a:4222,nats://***@b,nats://c/***'],
    [`HTTPS://host/${S}`, 'HTTPS://host/***'],
    // Either may be the host.
    [`https://host/a@${S}`, 'https://***'],
    [`{"a":"https://h/${S}","b":"\\"https://h/${S}\\""}`, '{"a":"https://h/***","b":"\\"https://h/***\\""}'],
  ])('shows %s without secrets', (text, shown) => {
    expect(redactUrls(text)).toBe(shown);
    expect(redactUrls(shown)).toBe(shown);
  });

  it.each([
    '',
    'no URL',
    'at async file:///srv/app/dist/server.js:19:3',
    'at file:///C:/app/node_modules/@scope/hooks.mjs:1:1',
    'listening on http://127.0.0.1:9000',
    'a client spoke cleartext to a TLS port: use https:// in the URL of the broker',
    'write "http://" instead, or http://',
    'https://host/',
    'redis://h:6379/15',
    'a/b?c=d',
    '://x',
    'http://[::1]:1',
  ])('leaves %s as it is', (text) => {
    expect(redactUrls(text)).toBe(text);
  });

  it('takes no longer than a line deserves', () => {
    expect(redactUrls(`x://${'a'.repeat(200_000)}`)).toHaveLength(200_004);
    for (const text of ['a.', '.', ',a', 'a:'])
      expect(redactUrls(`x://${text.repeat(100_000)}x ${text.repeat(100_000)}`).length).toBeGreaterThan(0);
    expect(redactUrls('x://,'.repeat(20_000)).length).toBeGreaterThan(0);
  });
});

describe('what should have been encoded', () => {
  it.each([
    [`redis://:12/${S}@h`, 'redis://***@h'],
    [`redis://u:12/${S}@h:6379/0`, 'redis://***'],
    [`redis://:${S}'${S}@h:6379/0`, 'redis://***@h:6379/0'],
    [`redis://:${S}"${S}@h`, 'redis://***@h'],
    [`redis://:${S}\`${S}@h`, 'redis://***@h'],
    [`redis://:${S}<${S}>@h`, 'redis://***@h'],
    [`redis://:${S} ${S}@h`, 'redis://***@h'],
    [`redis://:${S}\n${S}@h`, 'redis://***@h'],
    [`redis://:${S}\\${S}@h`, 'redis://***@h'],
    [`redis://:${S}#${S}?${S}@h`, 'redis://***@h'],
    [`nats://${S}/${S}@h`, 'nats://***'],
    [`nats://${S} ${S}@h`, 'nats://***'],
    [`https://u:p@h/x/@${S}`, 'https://***'],
    [`https://h/${S}'${S}`, 'https://h/***'],
    [`https://h/${S} ${S}`, 'https://h/***'],
    [`https://h/<${S}>`, 'https://h/***'],
    [`https://h/?a=${S}"${S}&b=${S} ${S}`, 'https://h/?a=***&b=***'],
    [`https://h/?${S}=`, 'https://h/?***'],
    [`https://h/?c2VjcmV0LXNlY3JldC1zZWNyZXQ==`, 'https://h/?***'],
    [`https://h"${S}`, 'https://***'],
    [`x://u:${S}`, 'x://***'],
    [`cannot reach redis://:${S} ${S}@h:1 now`, 'cannot reach redis://*** now'],
    [`cannot reach redis://:12 ${S}@h:1 now`, 'cannot reach redis://*** now'],
    [`Invalid URL 'https://h/${S} ${S}' of a sink`, "Invalid URL 'https://h/***' of a sink"],
    [`Invalid URL "https://h/${S}"${S}" of a sink`, 'Invalid URL "https://h/***" of a sink'],
    [`see <https://h/${S} ${S}>, please`, 'see <https://h/***>, please'],
    [`see https://h/${S}'${S} there`, 'see https://h/*** there'],
    [`https://h answered 500`, 'https://h answered 500'],
  ])('is hidden in %j', (text, shown) => {
    expect(redactUrls(text)).toBe(shown);
    expect(redactUrls(shown)).toBe(shown);
  });

  it('is hidden in lines of JSON, which stay JSON', () => {
    const value = {
      message: `at redis://:${S}"${S} ${S}@h`,
      url: `https://h/${S} "${S}"`,
      node: 'emqx@10.0.0.1',
    };
    const shown = redactUrlsInJson(JSON.stringify(value));
    expect(JSON.parse(shown)).toEqual({
      message: 'at redis://***',
      url: 'https://h/***',
      node: 'emqx@10.0.0.1',
    });
  });

  const odd = fc.constantFrom(...`'"\`<> /?#@:,;!()[]{}|\\%&~^$\n`);
  /** Pieces of a secret, and what stands between them. */
  const secret = fc
    .array(odd, { minLength: 1, maxLength: 4 })
    .map((between) => between.reduce((text, character, i) => `${text}${character}S3CRET${i}`, 'S3CRET'));
  const user = fc.constantFrom('', 'u', 'user.name', '12');
  const host = fc.constantFrom('h', 'h.example:6379', '[::1]:1', '10.0.0.1');
  const scheme = fc.constantFrom('redis', 'https', 'nats+tls', 'postgres');
  const url = fc.oneof(
    fc.tuple(scheme, user, secret, host).map(([s, u, p, h]) => `${s}://${u}:${p}@${h}`),
    fc.tuple(scheme, user, secret, host).map(([s, u, p, h]) => `${s}://${u}:${p}@${h}/0?tls=${p}`),
    fc.tuple(scheme, secret, host).map(([s, p, h]) => `${s}://${p}@${h}/db`),
    fc.tuple(scheme, host, secret).map(([s, h, p]) => `${s}://${h}/services/${p}`),
    fc.tuple(scheme, host, secret).map(([s, h, p]) => `${s}://${h}/?key=${p}#${p}`),
  );

  it('is hidden in a text that is a URL, whatever it holds', () => {
    fc.assert(
      fc.property(url, (text) => {
        expect(redactUrls(text)).not.toContain('S3CRET');
      }),
      { numRuns: 5000 },
    );
  });

  it('is hidden in a list of URLs, and in a value of JSON', () => {
    fc.assert(
      fc.property(fc.array(url, { minLength: 1, maxLength: 3 }), (urls) => {
        const text = JSON.stringify({ a: urls[0], servers: urls });
        expect(redactUrlsInJson(text)).not.toContain('S3CRET');
        expect(() => JSON.parse(redactUrlsInJson(text))).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });

  it('is hidden in a sentence, when it has neither blanks nor the quotes around it', () => {
    const quotes = fc.constantFrom(['', ''], ['"', '"'], ["'", "'"], ['`', '`'], ['<', '>'], ['(', ')']);
    fc.assert(
      fc.property(url, quotes, (text, [open, close]) => {
        fc.pre(
          !/\s/.test(text) && (open === '' || (!text.includes(open ?? '') && !text.includes(close ?? ''))),
        );
        expect(redactUrls(`cannot reach ${open}${text}${close} in time`)).not.toContain('S3CRET');
      }),
      { numRuns: 3000 },
    );
  });
});
