/** SASL as a Kafka broker does it: PLAIN, and SCRAM of RFC 5802. */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

export const user = 'exhook';
export const password = 'p%40ss,=word/';

export const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];

/** One login. Each call takes the client's message. @throws if it is refused. */
export interface Login {
  readonly isDone: boolean;
  next(said: Buffer): Buffer;
}

export function startLogin(mechanism: string): Login {
  return mechanism === 'PLAIN' ? new Plain() : new Scram(mechanism.endsWith('512') ? 'sha512' : 'sha256');
}

class Plain implements Login {
  isDone = false;

  next(said: Buffer): Buffer {
    if (said.toString() !== `\0${user}\0${password}`) throw new Error('refused');
    this.isDone = true;
    return Buffer.alloc(0);
  }
}

class Scram implements Login {
  isDone = false;
  readonly #hash: string;
  readonly #salt = randomBytes(16);
  readonly #iterations = 4096;
  #messages = '';
  #nonce = '';

  constructor(hash: string) {
    this.#hash = hash;
  }

  next(said: Buffer): Buffer {
    return Buffer.from(this.#nonce === '' ? this.#first(said.toString()) : this.#final(said.toString()));
  }

  #first(said: string): string {
    const bare = said.replace(/^n,[^,]*,/, '');
    const [, name, nonce] = /^n=(.*),r=(.*)$/.exec(bare) ?? [];
    if (name !== user || nonce === undefined) throw new Error('refused');
    this.#nonce = nonce + randomBytes(12).toString('hex');
    const answer = `r=${this.#nonce},s=${this.#salt.toString('base64')},i=${this.#iterations}`;
    this.#messages = `${bare},${answer}`;
    return answer;
  }

  #final(said: string): string {
    const [, withoutProof, proof] = /^(.*),p=(.*)$/.exec(said) ?? [];
    const messages = `${this.#messages},${withoutProof}`;
    const size = this.#hash === 'sha512' ? 64 : 32;
    const salted = pbkdf2Sync(password, this.#salt, this.#iterations, size, this.#hash);
    const clientKey = this.#mac(salted, 'Client Key');
    const signature = this.#mac(createHash(this.#hash).update(clientKey).digest(), messages);
    const wanted = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] ?? 0)));
    if (wanted.toString('base64') !== proof) throw new Error('refused');
    this.isDone = true;
    return `v=${this.#mac(this.#mac(salted, 'Server Key'), messages).toString('base64')}`;
  }

  #mac(key: Buffer, text: string): Buffer {
    return createHmac(this.#hash, key).update(text).digest();
  }
}
