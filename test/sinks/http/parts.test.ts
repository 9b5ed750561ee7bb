import { createHmac, timingSafeEqual } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeDelivery } from '../../../src/sink-contract.ts';
import { contentOf, contentOfBatch } from '../../../src/sinks/http/encode.ts';
import { pathFor } from '../../../src/sinks/http/path.ts';
import { readRetryAfter } from '../../../src/sinks/http/retry-after.ts';
import { createSigner } from '../../../src/sinks/http/sign.ts';
import { judge } from '../../../src/sinks/http/status.ts';

const nobody = { hasOwnPath: false, hasOwnType: false };

describe('judge', () => {
  it.each([
    ['taken', [200, 201, 202, 204, 299]],
    ['refused', [400, 406, 409, 411, 413, 414, 422, 431]],
    ['unwell', [408, 425, 429, 500, 502, 503, 504, 599]],
    ['misled', [0, 301, 302, 307, 308, 401, 402, 403, 404, 405, 407, 410, 415, 421, 426]],
  ])('takes as %s the statuses %j', (verdict, statuses) => {
    for (const status of statuses) expect([status, judge(status, nobody)]).toEqual([status, verdict]);
  });

  it('blames an event for its own path if it leads nowhere', () => {
    for (const status of [404, 405, 410])
      expect(judge(status, { ...nobody, hasOwnPath: true })).toBe('refused');
    expect(judge(401, { ...nobody, hasOwnPath: true })).toBe('misled');
  });

  it('blames an event for its own media type', () => {
    expect(judge(415, { ...nobody, hasOwnType: true })).toBe('refused');
  });
});

describe('readRetryAfter', () => {
  const now = Date.parse('2024-05-01T12:00:00Z');

  it.each([
    ['0', 0],
    ['2', 2000],
    [' 30 ', 30_000],
    ['Wed, 01 May 2024 12:00:10 GMT', 10_000],
    ['Wednesday, 01-May-24 12:00:10 GMT', 10_000],
    ['Wed May  1 12:00:10 2024 GMT', 10_000],
    ['Wed, 01 May 2024 11:00:00 GMT', 0],
    ['3600', 60_000],
    ['Thu, 01 May 2025 12:00:00 GMT', 60_000],
    ['99999999999999999999', 0],
    ['', 0],
    ['soon', 0],
    ['-5', 0],
    ['1.5', 0],
    ['2024-05-01', 0],
  ])('reads %j as %i ms', (header, expected) => {
    expect(readRetryAfter(header, now, 60_000)).toBe(expected);
  });
});

describe('pathFor', () => {
  const url = new URL('https://h.example/base/?a=1');

  it('is the path of the URL without a target', () => {
    expect(pathFor(url, undefined)).toBe('/base/?a=1');
    expect(pathFor(new URL('https://h.example'), undefined)).toBe('/');
  });

  it('appends a target, each segment encoded', () => {
    expect(pathFor(url, 'clients/ä b?x#y%/1')).toBe('/base/clients/%C3%A4%20b%3Fx%23y%25/1?a=1');
    expect(pathFor(url, '/a//b')).toBe('/base/a//b?a=1');
    expect(pathFor(new URL('https://h.example'), 'x\r\ny: 1')).toBe('/x%0D%0Ay%3A%201');
    expect(pathFor(url, '\ud800')).toBe('/base/%EF%BF%BD?a=1');
  });

  it.each(['..', '.', '../admin', 'a/../../b', '/./'])('leads nowhere with %j', (target) => {
    expect(pathFor(url, target)).toBeUndefined();
  });
});

describe('createSigner', () => {
  const body = Buffer.from('{"test": 2432232314}');

  it('signs as Standard Webhooks does', () => {
    // The example of the specification.
    const sign = createSigner('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', () => 1_614_265_330_999);
    expect(sign('msg_p5jXN8AQM9LWM0D4loKWxJek', body)).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('signs with any other text unchanged, as the receiver in docs/sinks.md verifies', () => {
    const headers = createSigner('a plain secret', Date.now)('id', body);
    expect(verify(headers, body, 'a plain secret')).toBe(true);
    expect(verify(headers, body, 'another secret')).toBe(false);
    expect(verify(headers, Buffer.from('{}'), 'a plain secret')).toBe(false);
    expect(verify({ ...headers, 'webhook-timestamp': '1614265330' }, body, 'a plain secret')).toBe(false);
  });

  it('reports a secret that is not what it claims to be', () => {
    expect(() => createSigner('whsec_not base64', Date.now)).toThrow(/signature\.secret begins with whsec_/);
  });

  function verify(headers: Record<string, string>, body: Buffer, secret: string): boolean {
    const id = headers['webhook-id'] ?? '';
    const time = headers['webhook-timestamp'] ?? '';
    const given = headers['webhook-signature'] ?? '';
    if (Math.abs(Date.now() / 1000 - Number(time)) > 300) return false;
    const digest = createHmac('sha256', secret).update(`${id}.${time}.`).update(body).digest('base64');
    const expected = Buffer.from(`v1,${digest}`);
    return given
      .split(' ')
      .some((one) => one.length === expected.length && timingSafeEqual(Buffer.from(one), expected));
  }
});

describe('contentOf', () => {
  it('has no line break in any header, whatever is in the event', () => {
    const text = 'x\r\nx-evil: 1\0 "quoted" 50% ä 🚀';
    const delivery = makeDelivery({
      format: 'binary',
      attributes: { subject: text },
      contentType: 'a/b\r\nx: y',
    });
    const { headers } = contentOf({ ...delivery, id: text }, createSigner('s', Date.now));
    for (const value of Object.values(headers)) expect(value).toMatch(/^[\x20-\x7e]*$/);
    expect(headers['ce-subject']).toBe(
      'x%0D%0Ax-evil:%201%00%20%22quoted%22%2050%25%20%C3%A4%20%F0%9F%9A%80',
    );
    expect(headers['content-type']).toBe('application/octet-stream');
  });

  it('is the payload alone in the raw format', () => {
    const delivery = makeDelivery({ format: 'raw', contentType: 'text/plain; charset=utf-8' });
    expect(contentOf(delivery, undefined)).toEqual({
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: delivery.body,
    });
  });

  it('puts structured events into one array', () => {
    const deliveries = [makeDelivery(), makeDelivery()];
    const { headers, body } = contentOfBatch(deliveries, undefined);
    expect(headers).toEqual({ 'content-type': 'application/cloudevents-batch+json' });
    expect(JSON.parse(Buffer.from(body).toString())).toEqual(
      deliveries.map(({ body }) => JSON.parse(Buffer.from(body).toString())),
    );
  });
});
