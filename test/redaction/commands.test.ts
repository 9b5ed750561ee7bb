/** What commands print of configurations and answers that hold secrets, in the right places and in wrong ones. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exhook, type Ran, run, temporaryDirectory, temporaryFile } from '../program/support/program.ts';
import { check } from '../support/check.ts';
import { root } from '../support/source.ts';
import { exhookAsked } from './ask.ts';
import { startHttpEcho } from './hostile-service.ts';
import { findLeaks } from './leaks.ts';
import { all, configured, keyText, logins, privateKeyPem } from './secrets.ts';

const secret = configured['password of Redis'];
const recording = join(root, 'test/fixtures/recordings/emqx-5.10.3.jsonl');

const expectNoLeak = ({ stdout, stderr }: Pick<Ran, 'stdout' | 'stderr'>): void => {
  expect(`${stdout}${stderr}`).not.toBe('');
  expect(findLeaks(all, { stdout, stderr })).toEqual([]);
};

const jwt = (options: object) => ({ authenticate: { methods: [{ jwt: options }] } });
const http = (options: object) => ({ authenticate: { methods: [{ http: options }] } });
const sink = (kind: string, options: unknown) => ({ sinks: { one: { [kind]: options } } });

/** A secret in the wrong place, or in an invalid form. Errors name keys: they are the places. */
const wrong: readonly (readonly [string, object | string])[] = [
  ['a section', { authenticate: secret }],
  ['a list of tokens', { admin: { port: 1, token: [secret] } }],
  ['a port', { admin: { port: secret } }],
  ['a level', { log: { level: secret } }],
  ['a URL of Redis', sink('redis', { url: `redis://:${encodeURIComponent(secret)}@host` })],
  ['a bad URL of Redis', sink('redis', { url: `redis://:${secret}@` })],
  ['a server of NATS', sink('nats', { servers: [`nats://u:${encodeURIComponent(secret)}@host`] })],
  ['a broker of Kafka', sink('kafka', { brokers: [`u:${secret}@host`] })],
  [
    'a mechanism of Kafka',
    sink('kafka', { brokers: ['h:1'], sasl: { mechanism: secret, user: 'u', password: secret } }),
  ],
  ['a webhook', sink('http', { url: `https://u:${encodeURIComponent(secret)}@host/` })],
  ['a header of a webhook', sink('http', { url: 'https://host/', headers: { authorization: [secret] } })],
  ['a password of PostgreSQL', sink('postgres', { database: 'd', user: 'u', password: { value: secret } })],
  ['a JWT key beside another', jwt({ secret, publicKey: privateKeyPem })],
  ['a JWT key that is a list', jwt({ secret: [secret] })],
  ['a base64 key that is none', jwt({ secret, secretEncoding: 'base64' })],
  ['a private key as a public one', jwt({ publicKey: privateKeyPem })],
  ['a JWKS', jwt({ jwks: `ftp://u:${secret}@host` })],
  ['a service', http({ url: `https://u:${secret}@host/?key=${secret}` })],
  ['a header of a service', http({ url: 'https://host/', headers: { authorization: { value: secret } } })],
  ['a template', http({ url: 'https://host/', body: { x: `\${nobody} ${secret}` } })],
  ['a user', { authenticate: { methods: [{ users: { list: [{ username: 'u', password: secret }] } }] } }],
  ['a hash', { authenticate: { methods: [{ users: { list: [{ username: 'u', hash: secret }] } }] } }],
  ['YAML that ends', `admin: { port: 1, token: "${secret.replaceAll('"', '')}\n`],
  ['YAML with a tab', `admin:\n\tport: 1\n  token: ${secret}\n`],
  ['YAML with a key twice', `admin:\n  token: ${secret}\n  token: ${secret}\n  port: 1\n`],
  ['YAML with an unknown tag', `admin:\n  token: !${secret.replace(/[^a-z]/g, '')} ${secret}\n  port: 1\n`],
  ['YAML with an unknown anchor', `admin:\n  port: 1\n  token: *${secret.replaceAll(' ', '')}\n`],
];

describe('a secret in the wrong place is not repeated', () => {
  it.each(wrong)('%s', async (_, config) => {
    const directory = temporaryDirectory();
    const text = typeof config === 'string' ? config : JSON.stringify(config, undefined, 1);
    const path = temporaryFile('exhook.yaml', text, directory);
    const env = { HOST: '127.0.0.1', PORT: '0' };
    const checked = await check(path);
    expect(checked.code).toBe(2);
    expectNoLeak(checked);
    const served = await run(['--config', path], { env });
    expect(served.code).toBe(2);
    expectNoLeak(served);
  });

  it.each([
    ['a flag that is a number', ['--listen-port', secret], {}],
    ['a flag that is a choice', ['--log-level', secret], {}],
    ['a flag that is nearly one', ['--admin-tokn', secret], {}],
    ['an argument', [secret], {}],
    ['a variable that is a number', [], { EXHOOK_LISTEN_PORT: secret }],
    ['a variable that is a choice', [], { EXHOOK_LOG_LEVEL: secret }],
  ] as const)('%s', async (_, args, env) => {
    const ran = await run(args, { env: { HOST: '127.0.0.1', ...env } });
    expect(ran.code).toBe(2);
    expectNoLeak(ran);
  });
});

describe('a file that holds a secret, and is of no use,', () => {
  it.each([
    ['users, as YAML', 'users.yaml', `- username: u\n  hash: "${secret.replaceAll('"', '')}\n`],
    ['users, as JSON', 'users.json', `[{"username":"u","hash":${JSON.stringify(secret)}},`],
    ['users, as CSV', 'users.csv', `username,password_hash\nu,"${secret}\n`],
    ['users, as mosquitto has them', 'users.passwd', `u:${secret}\n`],
  ])('is not quoted: %s', async (_, name, text) => {
    const directory = temporaryDirectory();
    temporaryFile(name, text, directory);
    const methods = [{ users: { file: name } }];
    const path = temporaryFile('exhook.yaml', JSON.stringify({ authenticate: { methods } }), directory);
    for (const ran of [await check(path), await run(['--config', path])]) {
      expect(ran.code).toBe(2);
      expectNoLeak(ran);
    }
  });

  it('is not quoted: keys of the listener', async () => {
    const directory = temporaryDirectory();
    temporaryFile('tls.key', privateKeyPem, directory);
    temporaryFile(
      'tls.pem',
      `-----BEGIN CERTIFICATE-----\n${keyText}\n-----END CERTIFICATE-----\n`,
      directory,
    );
    const listen = { tls: { cert: 'tls.pem', key: 'tls.key' } };
    const path = temporaryFile('exhook.yaml', JSON.stringify({ listen }), directory);
    const ran = await run(['--config', path]);
    expect(ran.code).toBe(2);
    expectNoLeak(ran);
  });
});

describe('a good configuration', () => {
  const configOf = (port: number) => ({
    admin: { port: 0, token: configured['token of the admin port'] },
    authenticate: {
      methods: [
        { jwt: { secret: configured['HMAC key'], requireExpiry: false } },
        {
          http: {
            url: `http://127.0.0.1:${port}/?key=${configured['parameter of the service']}`,
            headers: { 'x-api-key': configured['header of the service'] },
            body: { p: '${password}', s: configured['body field of the service'] },
            retries: 0,
          },
        },
      ],
    },
    authorize: { rules: [{ allow: 'publish', topics: 'a/${username}' }] },
  });

  it.each([200, 500])('is explained without them, when the service answers %d', async (status) => {
    const { port } = await startHttpEcho(() => [status, 'application/json']);
    const path = temporaryFile('exhook.yaml', JSON.stringify(configOf(port)));
    const names = ['--config', path, '--clientid', 'c', '--username', logins['token in a user name']];
    for (const password of Object.values(logins)) {
      expectNoLeak(await exhookAsked(['explain', 'authenticate', ...names], password));
    }
    expectNoLeak(await exhook(['check', path]));
    expectNoLeak(await exhook(['hooks', '--config', path]));
    expectNoLeak(await exhook(['compare', path, path, recording]));
    expectNoLeak(await exhook(['compare', '--json', path, path, recording]));
    expectNoLeak(await exhook(['emqx-config', '--config', path]));
  });
});

describe('the secret of an API key', () => {
  const access = (port: number) => ['--emqx', `http://127.0.0.1:${port}`, '--key', 'a-key'];
  const env = { EMQX_API_SECRET: secret };

  it.each([200, 401, 403, 404, 500, 302])(
    'is printed by no command, if the broker answers %d',
    async (status) => {
      const { port } = await startHttpEcho(() => [status, 'application/json']);
      const url = ['--url', 'http://127.0.0.1:9000'];
      expectNoLeak(await exhook(['doctor', ...access(port)], { env }));
      expectNoLeak(await exhook(['doctor', '--json', ...access(port), '--secret', secret]));
      expectNoLeak(await exhook(['register', ...access(port), ...url], { env }));
    },
  );

  it('is not quoted from an address or an argument', async () => {
    expectNoLeak(
      await exhook(['doctor', '--emqx', `http://u:${encodeURIComponent(secret)}@127.0.0.1:1`], { env }),
    );
    expectNoLeak(await exhook(['doctor', '--emqx', `ftp://${secret}`], { env }));
    expectNoLeak(
      await exhook(['replay', recording, '--url', `http://u:${encodeURIComponent(secret)}@127.0.0.1:1`]),
    );
  });
});
