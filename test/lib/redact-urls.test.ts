import { describe, expect, it } from 'vitest';
import { redactUrls } from '../../src/lib/redact-urls.ts';

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
    [`https://host/a@${S}`, 'https://host/***'],
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
