import { describe, expect, it } from 'vitest';
import { redactConfig, withoutSecrets } from '../../src/config/redact.ts';
import { Config } from '../../src/config/schema.ts';
import { configWith, secretPlaces as places } from '../support/secret-places.ts';

const SECRET = 'hunter2-hunter2';

describe('the configuration as it is shown', () => {
  it.each<[what: string, value: unknown, shown: unknown]>([
    ['a token', { admin: { port: 1, token: SECRET } }, { admin: { port: 1, token: '***' } }],
    ['where a token is', { token: { env: 'TOKEN' } }, { token: { env: 'TOKEN' } }],
    ['a file with a token', { token: { file: '/run/token' } }, { token: { file: '/run/token' } }],
    ['a shared secret', { jwt: { secret: SECRET } }, { jwt: { secret: '***' } }],
    ['how a secret is written', { jwt: { secretEncoding: 'base64' } }, { jwt: { secretEncoding: 'base64' } }],
    ['a header', { headers: { 'x-any': SECRET } }, { headers: { 'x-any': '***' } }],
    ['a field', { body: { any: SECRET } }, { body: { any: '***' } }],
    ['a template', { body: { password: '${password}' } }, { body: { password: '${password}' } }],
    ['a template with more', { body: { a: `\${x}${SECRET}` } }, { body: { a: '***' } }],
    ['users', { users: { list: [{ password_hash: SECRET }] } }, { users: { list: '(1 not shown)' } }],
    ['a URL', { url: `https://u:${SECRET}@host/p` }, { url: 'https://***@host/***' }],
    [
      'a query',
      { url: `https://host/p?key=${SECRET}&c=\${clientid}` },
      { url: 'https://host/***?key=***&c=${clientid}' },
    ],
    ['lists of texts', { hosts: ['a', `nats://t:${SECRET}@h`] }, { hosts: ['a', 'nats://***@h'] }],
    [
      'what is no secret',
      { listen: { port: 1, tls: { key: './a.key' } } },
      { listen: { port: 1, tls: { key: './a.key' } } },
    ],
    ['nothing', { a: null, b: undefined, c: true }, { a: null, b: undefined, c: true }],
  ])('shows %s so', (_what, value, shown) => {
    expect(withoutSecrets(value)).toStrictEqual(shown);
  });

  it('knows the places of secrets', () => {
    const names = places.map((path) => path.join('.'));
    expect(names).toContain('admin.token');
    expect(names).toContain('authenticate.methods.0.jwt.secret');
    expect(names).toContain('authenticate.methods.0.http.headers.any');
  });

  it.each(places.map((path) => [path.join('.'), path] as const))('shows no secret at %s', (name, path) => {
    // A public key is a secret to nobody.
    if (name.endsWith('publicKey')) return;
    const value = configWith(path, SECRET);
    expect(JSON.stringify(value)).toContain(SECRET);
    expect(JSON.stringify(withoutSecrets(value))).not.toContain(SECRET);
  });
});

describe('the routes of an HTTP sink, as they are shown', () => {
  const shownTarget = (to: string) => {
    const config = Config.parse({
      sinks: { service: { http: { url: `https://host/${SECRET}` } }, other: { file: { path: './x' } } },
      events: {
        routes: [{ hooks: ['message.publish'], to, shape: { path: `services/${SECRET}/\${topic}` } }],
      },
    });
    return JSON.stringify(redactConfig(config));
  };

  it('have no path that may be a secret', () => {
    expect(shownTarget('service')).not.toContain(SECRET);
    expect(shownTarget('service')).toContain('***${topic}');
  });

  it('have an invalid target', () => {
    expect(shownTarget('other')).toContain(`services/${SECRET}/\${topic}`);
  });
});
