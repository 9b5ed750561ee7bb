import { describe, expect, it } from 'vitest';
import { Sinks } from '../../../src/config/sections/sinks.ts';
import { resolveFiles } from '../../../src/lib/schema/files.ts';
import { MethodSection } from '../../../src/lookup/sections/authenticate-methods.ts';

const at = (path: string): string => `/etc${path.slice(1)}`;
const secret = { file: './s' };
const read = { file: '/etc/s' };
const tls = { ca: './ca', cert: './cert', key: './key', serverName: './no-file' };
const readTls = { ca: '/etc/ca', cert: '/etc/cert', key: '/etc/key', serverName: './no-file' };
const keys = { ca: './ca', cert: './cert', key: './key' };
const readKeys = { ca: '/etc/ca', cert: '/etc/cert', key: '/etc/key' };

describe('Every file that a section names is resolved, and no other text', () => {
  it.each<[kind: string, written: object, resolved: object]>([
    ['file', { path: './a', mode: './b' }, { path: '/etc/a', mode: './b' }],
    ['module', { path: './a', options: { path: './b' } }, { path: '/etc/a', options: { path: './b' } }],
    [
      'http',
      { url: './u', headers: { a: secret, b: './b' }, signature: { secret }, tls },
      { url: './u', headers: { a: read, b: './b' }, signature: { secret: read }, tls: readTls },
    ],
    [
      'nats',
      { servers: ['./a'], password: secret, token: secret, nkey: secret, credentials: secret, tls },
      { servers: ['./a'], password: read, token: read, nkey: read, credentials: read, tls: readTls },
    ],
    [
      'kafka',
      { sasl: { user: './u', password: secret }, tls },
      { sasl: { user: './u', password: read }, tls: readTls },
    ],
    ['redis', { password: { env: './s' }, tls: true }, { password: { env: './s' }, tls: true }],
    ['postgres', { table: './t', password: secret, tls }, { table: './t', password: read, tls: readTls }],
    ['rabbitmq', { password: secret, tls }, { password: read, tls: readTls }],
    ['mqtt', { topic: './t', password: './p', tls }, { topic: './t', password: './p', tls: readTls }],
  ])('of the sink %s', (kind, written, resolved) => {
    const sinks = {
      one: { [kind]: written, deadLetter: { file: './d' } },
      two: { [kind]: {}, deadLetter: './x' },
    };
    expect(resolveFiles<unknown>(Sinks, sinks, at)).toStrictEqual({
      one: { [kind]: resolved, deadLetter: { file: '/etc/d' } },
      two: { [kind]: {}, deadLetter: './x' },
    });
  });

  it.each<[kind: string, written: object, resolved: object]>([
    ['users', { file: './u', format: './f' }, { file: '/etc/u', format: './f' }],
    ['users', { list: [{ file: './u', hash: './h' }] }, { list: [{ file: './u', hash: './h' }] }],
    ['jwt', { secret, claims: { file: './c' } }, { secret: read, claims: { file: './c' } }],
    ['jwt', { publicKey: secret, jwks: './j' }, { publicKey: read, jwks: './j' }],
    [
      'jwt',
      { jwks: { url: './j', ca: './ca', headers: { a: secret } } },
      { jwks: { url: './j', ca: '/etc/ca', headers: { a: read } } },
    ],
    [
      'http',
      { url: './u', body: { file: './b' }, headers: { a: secret, b: './b' }, ...keys },
      { url: './u', body: { file: './b' }, headers: { a: read, b: './b' }, ...readKeys },
    ],
    ['certificate', { commonName: './c' }, { commonName: './c' }],
    ['anonymous', { who: { username: './u' } }, { who: { username: './u' } }],
  ])('of the method %s', (kind, written, resolved) => {
    const method = { name: './n', [kind]: written };
    expect(resolveFiles<unknown>(MethodSection, method, at)).toStrictEqual({ name: './n', [kind]: resolved });
  });
});
