import { describe, expect, it } from 'vitest';
import { createHostCheck, type HostedRequest } from '../../src/transport/host-check.ts';

const names = ['edge.example', '*.internal', 'Compose_Name'];
const check = (headers: Record<string, string>, more: Partial<HostedRequest> = {}, list = names) =>
  createHostCheck('listened.example', list)({ method: 'POST', httpVersionMajor: 1, headers, ...more });

describe('the host of a request', () => {
  it.each([
    'localhost',
    'LOCALHOST:9000',
    'localhost.',
    'app.localhost:1',
    '127.0.0.1:9000',
    '10.1.2.3',
    '[::1]:9000',
    '[fe80::1]',
    'listened.example:9000',
    'edge.example',
    'EDGE.example:443',
    'edge.example.',
    'a.internal',
    'a.b.internal:1',
    'compose_name:9001',
  ])('is ours when it is %s', (host) => {
    expect(check({ host })).toBeUndefined();
    expect(check({ ':authority': host }, { httpVersionMajor: 2 })).toBeUndefined();
  });

  it.each([
    'evil.example',
    'evil.example:9000',
    'edge.example.evil.example',
    'not-edge.example',
    'internal',
    'xinternal',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1@evil.example',
    'evil.example#127.0.0.1',
    'evil.example/127.0.0.1',
    'a b',
    '[::1',
    '',
    ':9000',
    'evil.example:99999',
    'localhost\u0000.evil.example',
  ])('is another one when it is %j', (host) => {
    expect(check({ host })).toBe('host');
    expect(check({ ':authority': host }, { httpVersionMajor: 2 })).toBe('host');
  });

  it('is not checked if it is missing, which no browser does', () => {
    expect(check({})).toBeUndefined();
  });

  it('is never checked for gRPC over HTTP/2, but for requests that a browser can send', () => {
    const host = 'evil.example';
    for (const type of [
      'application/grpc',
      'application/grpc+proto',
      'application/grpc; x=y',
      'APPLICATION/GRPC',
    ])
      expect(check({ ':authority': host, 'content-type': type }, { httpVersionMajor: 2 })).toBeUndefined();
    for (const type of [
      'application/grpc-web',
      'application/grpc-web+proto',
      'application/json',
      'application/grpcx',
    ])
      expect(check({ ':authority': host, 'content-type': type }, { httpVersionMajor: 2 })).toBe('host');
    expect(check({ host, 'content-type': 'application/grpc' })).toBe('host');
  });

  it('may be any when "*" is listed', () => {
    expect(check({ host: 'evil.example' }, {}, ['*'])).toBeUndefined();
    expect(check({ host: 'a', origin: 'https://b' }, {}, ['*'])).toBeUndefined();
  });
});

describe('the origin of a request', () => {
  it.each([
    ['http://localhost:9000', 'localhost:9000'],
    ['http://LocalHost:9000', 'localhost:9000'],
    ['http://127.0.0.1', '127.0.0.1:80'],
    ['https://edge.example:8443', 'localhost'],
    ['https://x.internal', '127.0.0.1'],
  ])('may be %s when the host is %s', (origin, host) => {
    expect(check({ host, origin })).toBeUndefined();
  });

  it.each([
    ['http://evil.example', '127.0.0.1:9000'],
    ['http://listened.example', '127.0.0.1:9000'],
    ['http://203.0.113.5', '127.0.0.1:9000'],
    ['http://localhost:3000', 'localhost:9000'],
    ['http://127.0.0.1:9000', 'localhost:9000'],
    ['null', '127.0.0.1:9000'],
    ['', '127.0.0.1:9000'],
    ['file://', '127.0.0.1:9000'],
    ['evil', '127.0.0.1:9000'],
  ])('may not be %j when the host is %s', (origin, host) => {
    expect(check({ host, origin })).toBe('origin');
    expect(check({ host, origin }, { method: 'GET' })).toBeUndefined();
  });
});
