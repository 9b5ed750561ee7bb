/** Signatures of Standard Webhooks: HMAC-SHA256 over id, time and body, in three headers. */
import { createHmac } from 'node:crypto';

export type Sign = (id: string, body: Uint8Array) => Record<string, string>;

const PREFIX = 'whsec_';

/**
 * @param now milliseconds since 1970.
 * @throws TypeError if the secret begins with `whsec_` and the rest is not base64.
 */
export function createSigner(secret: string, now: () => number): Sign {
  const key = readKey(secret);
  return (id, body) => {
    const seconds = String(Math.floor(now() / 1000));
    const signature = createHmac('sha256', key).update(`${id}.${seconds}.`).update(body).digest('base64');
    return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` };
  };
}

function readKey(secret: string): Buffer {
  if (!secret.startsWith(PREFIX)) return Buffer.from(secret);
  const text = secret.slice(PREFIX.length);
  if (!/^[A-Za-z0-9+/]{4,}={0,2}$/.test(text))
    throw new TypeError('signature.secret begins with whsec_, but the rest is not base64');
  return Buffer.from(text, 'base64');
}
