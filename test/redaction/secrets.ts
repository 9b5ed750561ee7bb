/** Secrets that must be seen nowhere. Each is one of a kind, and holds characters that encodings change. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';

const aSecret = (name: string): string =>
  `${name}~Zq7+"/x ${createHash('sha256').update(name).digest('hex').slice(0, 24)}`;

const hmac = aSecret('hmac-key-of-thirty-two-bytes-or-more');
const sign = (claims: object, key = hmac) =>
  jsonwebtoken.sign({ ...claims, jti: 'jti-of-a-token-31415926' }, key, { algorithm: 'HS256' });

/** What clients log in with. */
export const logins = {
  'password of a client': aSecret('client-password'),
  'wrong password of a client': aSecret('wrong-client-password'),
  'token of a client': sign({ sub: 'a', acl: { pub: ['own/#'] } }),
  'token of another key': sign({ sub: 'b' }, 'another key that nobody knows of, long'),
  'token that is over': sign({ sub: 'c', exp: 1_000_000_000 }),
  'token in a user name': sign({ sub: 'd' }),
  'broken token in a user name': sign({ sub: 'e' }, 'a key of nobody in the whole world').slice(0, -3),
} as const;

/** In a message: sinks and recordings have it, and nobody else. */
export const payload = aSecret('payload-of-a-message');

/** Secrets in the configuration, or referred to by it. */
export const configured = {
  'HMAC key': hmac,
  'authorization of the service': `Bearer-${aSecret('service-token').replaceAll('"', '')}`,
  'header of the service': aSecret('x-api-key').replaceAll('"', ''),
  'body field of the service': aSecret('body-field'),
  'parameter of the service': encodeURIComponent(aSecret('query-parameter')),
  'password of Redis': aSecret('redis-password'),
  'wrong password of Redis': aSecret('wrong-redis-password'),
  'password of NATS': aSecret('nats-password'),
  'token of NATS': aSecret('nats-token'),
  'password of PostgreSQL': aSecret('postgres-password'),
  'password of RabbitMQ': aSecret('rabbitmq-password'),
  'password of MQTT': aSecret('mqtt-password'),
  'password of Kafka': aSecret('kafka-password'),
  'header of a webhook': aSecret('webhook-header').replaceAll('"', ''),
  'key of a webhook': aSecret('webhook-signature'),
  'token of the admin port': `admin-token-${Buffer.from(aSecret('admin')).toString('base64url')}`,
  'token of the inspector': `inspector-token-${Buffer.from(aSecret('inspector')).toString('base64url')}`,
  'unused variable': aSecret('unused-variable'),
} as const;

const { privateKey } = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

/** The inside of a PEM file. */
export const keyText = privateKey.split('\n')[1] ?? '';
export const privateKeyPem = privateKey;

export const all: Readonly<Record<string, string>> = { ...logins, ...configured, 'private key': keyText };
