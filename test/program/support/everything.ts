/** A server with the parts that are loaded only when they are configured, and calls that use each of them. */
import jsonwebtoken from 'jsonwebtoken';
import { aMessage } from '../../support/inputs.ts';
import { requestOf, rpcFor } from '../../support/runtime.ts';
import type { Broker } from './broker.ts';
import { callJson } from './json-calls.ts';
import { login } from './policy.ts';

const secret = 'a secret of thirty-two bytes or so';

/** Of the password `right`. */
const list = [
  { username: 'bcrypt', hash: '$2b$04$uyTcu8gGCxtj2EMVdegN6.GEKIT88NRROjAeMyH9UBWqjNVhU/7da' },
  {
    username: 'argon2',
    hash: '$argon2id$v=19$m=64,t=1,p=1$5wp2UeUfxFs9Nf5FiwJfKw$lnWlEbwFl3h2Xi131BnVPSIFYvUzrnhoOk5SEPqWOco',
  },
];

/** Systems that are not running: the sinks keep trying to connect. */
export const sinks = {
  http: { http: { url: 'http://127.0.0.1:1/' } },
  nats: { nats: { servers: ['nats://127.0.0.1:1'], stream: { name: 'EVENTS' } } },
  kafka: { kafka: { brokers: ['127.0.0.1:1'], compression: 'lz4' } },
  redis: { redis: { url: 'redis://127.0.0.1:1' } },
  postgres: { postgres: { host: '127.0.0.1', port: 1, database: 'db', user: 'u' } },
  rabbitmq: { rabbitmq: { host: '127.0.0.1', port: 1, user: 'u', password: 'p' } },
  mqtt: { mqtt: { host: '127.0.0.1', port: 1 } },
};

export const everything = {
  admin: { port: 'shared', open: true },
  authenticate: { methods: [{ users: { list } }, { jwt: { secret } }] },
  authorize: { rules: [{ allow: 'publish', topics: 'a', when: 'topic.startsWith("a")' }] },
  publish: {
    onError: 'drop',
    rules: [
      { topics: 'json', decode: 'json', require: { schema: { type: 'object' } }, set: { topic: 'x' } },
      { topics: 'cbor', decode: 'cbor', encode: 'json' },
      { topics: 'msgpack', decode: 'msgpack', encode: 'json' },
      { topics: 'base64', decode: 'base64' },
      { topics: 'gzip', decode: ['gzip', 'json'], encode: 'json' },
    ],
  },
};

type Results = Record<string, unknown>;

/** The result of one call of each kind: all `true` if all is well. */
export async function useEverything(broker: Broker, url: string): Promise<Results> {
  return { ...(await useCalls(broker)), ...(await usePages(url)) };
}

/** The same, of calls over a connection that is there. */
export async function useCalls(broker: Broker): Promise<Results> {
  const token = jsonwebtoken.sign({ sub: 'c1' }, secret, { expiresIn: '1h' });
  const send = async (topic: string, payload: Uint8Array) => {
    const rpc = rpcFor('message.publish', 'v3');
    const message = { ...aMessage(), topic, payload };
    return (await broker.call(rpc.path, requestOf(rpc, { message } as never))).status === 0;
  };
  const health = await broker.call('/grpc.health.v1.Health/Check', new Uint8Array());
  return {
    bcrypt: await login(broker, { username: 'bcrypt', password: 'right' }),
    argon2: await login(broker, { username: 'argon2', password: 'right' }),
    token: await login(broker, { username: 'other', password: token }),
    json: await send('json', Buffer.from('{}')),
    cbor: await send('cbor', Buffer.from('a0', 'hex')),
    msgpack: await send('msgpack', Buffer.from('80', 'hex')),
    base64: await send('base64', Buffer.from('AAAA')),
    health: health.status === 0,
  };
}

/** The same, for parts that need their own connections. */
export async function usePages(url: string): Promise<Results> {
  const page = async (path: string) => (await fetch(`${url}${path}`)).status === 200;
  const json = await callJson(url, 'OnClientConnected', { clientinfo: { clientid: 'c1', node: 'n' } });
  return {
    connect: json.status === 200,
    metrics: await page('/metrics'),
    configz: await page('/configz'),
    hooksz: await page('/hooksz'),
  };
}
