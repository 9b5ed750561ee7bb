import { describe, expect, it } from 'vitest';
import { compileRequest } from '../../../src/lookup/http/request.ts';

const client = { clientid: 'c&1', username: 'ännä/x', password: 'p"w', peerhost: '10.0.0.1' };

describe('compileRequest', () => {
  it('posts JSON by default', () => {
    const build = compileRequest({
      url: 'http://auth:80/check',
      body: { u: '${username}', p: '${password}', k: 'v' },
    });
    const request = build(client);
    expect(request).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(request?.body ?? '')).toEqual({ u: 'ännä/x', p: 'p"w', k: 'v' });
  });

  it('posts a form when the content type says so', () => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const request = compileRequest({ url: 'http://auth/', headers, body: { c: '${clientid}' } })(client);
    expect(request).toMatchObject({
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'c=c%261',
    });
  });

  it('puts the body of a GET into the query, and values into path and query with escapes', () => {
    const build = compileRequest({
      method: 'get',
      url: 'http://auth/u/${username}?c=${clientid}',
      body: { ip: '${peerhost}', t: '${topic}' },
    });
    const request = build(client);
    expect(request?.url.href).toBe('http://auth/u/%C3%A4nn%C3%A4%2Fx?c=c%261&ip=10.0.0.1&t=');
    expect(request?.body).toBeUndefined();
  });

  it('puts values into headers as UTF-8', () => {
    const request = compileRequest({ url: 'http://auth', headers: { 'X-User': '${username}' } })(client);
    expect(Buffer.from(request?.headers['x-user'] ?? '', 'latin1').toString('utf8')).toBe('ännä/x');
  });

  it.each(['..', '.'])('makes no request of a value that would lead to another path: %j', (username) => {
    expect(compileRequest({ url: 'http://auth/users/${username}/check' })({ username })).toBeUndefined();
    expect(compileRequest({ url: 'http://auth/users/${username}' })({ username })).toBeUndefined();
    expect(compileRequest({ url: 'http://auth/users?u=${username}' })({ username })).toBeDefined();
  });

  it.each(['%2e%2e', '../../app/admin', '..\\', 'a/../b', '?x=1', '#f', '@evil'])(
    'keeps %j within its segment',
    (username) => {
      const url = compileRequest({ url: 'http://auth/users/${username}/check' })({ username })?.url;
      expect(url?.host).toBe('auth');
      expect(url?.pathname.split('/')).toHaveLength(4);
      expect(decodeURIComponent(url?.pathname.split('/')[2] ?? '')).toBe(username);
    },
  );

  it.each(['a\r\nx-evil: 1', 'a\0', 'a\n', 'a\x7f'])(
    'makes no request of a value that would end a header: %j',
    (username) => {
      expect(
        compileRequest({ url: 'http://auth', headers: { 'x-user': '${username}' } })({ username }),
      ).toBeUndefined();
    },
  );

  it.each<[Parameters<typeof compileRequest>[0], RegExp]>([
    [{ url: 'http://${username}/' }, /placeholders in path and query only/],
    [{ url: 'ftp://auth/' }, /expected http/],
    [{ url: 'http://auth:99999/' }, /expected http/],
    [{ url: 'http://auth/${nope}' }, /unknown placeholder \$\{nope\}/],
    [{ url: 'http://auth/', body: { a: '${nope}' } }, /^body\.a: unknown placeholder/],
    [{ url: 'http://auth/', headers: { a: '${nope}' } }, /^headers\.a: unknown placeholder/],
    [{ url: 'http://auth/', headers: { 'x y': 'a' } }, /^headers\.x y: is not a header name/],
    [{ url: 'http://auth/', headers: { 'a:': 'a' } }, /is not a header name/],
    [{ url: 'http://auth/', headers: { '': 'a' } }, /is not a header name/],
  ])('refuses %j', (templates, message) => {
    expect(() => compileRequest(templates)).toThrow(message);
  });
});
