/** Callers that arrive at a steady rate, whether or not earlier ones were answered, like clients of a broker. */
import { once } from 'node:events';
import { connect } from 'node:http2';

const CONNECTIONS = 8;
/** Milliseconds between two checks of the clock. */
const TICK = 2;

/**
 * @typedef {object} Kind
 * @property {string} path
 * @property {Record<string, string>} headers
 * @property {(n: number) => Buffer} body of the n-th call, with its gRPC prefix
 * @property {(reply: Buffer) => boolean} isGood whether the caller was served
 *
 * @typedef {object} Answer
 * @property {number} n
 * @property {number} cameAt milliseconds since the start
 * @property {number} at when it was answered
 * @property {'served' | 'refused' | 'failed'} outcome
 */

/** @param {number} port */
export async function openCallers(port) {
  const sessions = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const session = connect(`http://127.0.0.1:${port}`);
      await once(session, 'connect');
      return session;
    }),
  );
  let count = 0;

  /** @param {Kind} kind @returns {Promise<Omit<Answer, 'n' | 'cameAt' | 'at'>>} */
  function call(kind, n) {
    return new Promise((resolve) => {
      const stream = sessions[n % CONNECTIONS].request({
        ':method': 'POST',
        ':path': kind.path,
        ...kind.headers,
      });
      const chunks = [];
      let status;
      stream.on('trailers', (trailers) => {
        status = trailers['grpc-status'];
      });
      stream.on('data', (chunk) => chunks.push(chunk));
      stream.on('error', () => {});
      stream.on('close', () => {
        if (status !== '0') return resolve({ outcome: 'failed' });
        const reply = Buffer.concat(chunks).subarray(5);
        resolve({ outcome: kind.isGood(reply) ? 'served' : 'refused' });
      });
      stream.end(kind.body(n));
    });
  }

  /** @returns {Promise<Answer[]>} once all were answered */
  async function storm(kind, { rate, seconds }) {
    const start = performance.now();
    const total = Math.round(rate * seconds);
    const answers = [];
    for (let sent = 0; sent < total; ) {
      const elapsed = performance.now() - start;
      for (; sent < total && sent < (elapsed / 1000) * rate; sent++) {
        const cameAt = (sent / rate) * 1000;
        const n = count++;
        answers.push(
          call(kind, n).then((answer) => ({ ...answer, n, cameAt, at: performance.now() - start })),
        );
      }
      await new Promise((resolve) => setTimeout(resolve, TICK));
    }
    return await Promise.all(answers);
  }

  /**
   * Runs a number of callers, each of which calls again once it is answered. @returns {Promise<number>} served a second
   */
  async function saturate(kind, { callers, seconds }) {
    const end = performance.now() + seconds * 1000;
    let served = 0;
    const work = async () => {
      while (performance.now() < end) if ((await call(kind, count++)).outcome === 'served') served++;
    };
    await Promise.all(Array.from({ length: callers }, work));
    return served / seconds;
  }

  return {
    storm,
    saturate,
    close() {
      for (const session of sessions) session.close();
    },
  };
}
