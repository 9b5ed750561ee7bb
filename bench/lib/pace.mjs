/** Calls at a steady rate, whether or not earlier calls were answered: durations are then what a broker sees. */
import { once } from 'node:events';
import { connect } from 'node:http2';

const CONNECTIONS = 8;
/** Milliseconds between two checks of the clock. */
const TICK = 1;

/**
 * @param {number} port
 * @param {import('./requests.mjs').Call} call
 * @param {object} options
 * @param {number} options.rate calls a second
 * @param {number} options.seconds
 * @param {readonly Buffer[]} [options.bodies] sent in turn, instead of the call's own
 * @param {(second: number) => void} [options.onSecond]
 * @param {AbortSignal} [options.signal] ends it before its time
 * @returns {Promise<{ durations: number[], failed: number }>} milliseconds each, sorted
 */
export async function pace(port, call, { rate, seconds, bodies = [call.body], onSecond, signal }) {
  const sessions = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const session = connect(`http://127.0.0.1:${port}`);
      await once(session, 'connect');
      return session;
    }),
  );
  const durations = [];
  let failed = 0;
  let open = 0;
  const total = rate * seconds;
  const start = performance.now();
  let sent = 0;
  let second = 0;
  while (sent < total && signal?.aborted !== true) {
    const elapsed = performance.now() - start;
    for (; sent < total && sent < (elapsed / 1000) * rate; sent++) {
      open++;
      // Count from when a broker would have sent it, not from when this loop got to it.
      send(sessions[sent % CONNECTIONS], bodies[sent % bodies.length], start + (sent / rate) * 1000);
    }
    if (elapsed / 1000 >= second + 1) onSecond?.(++second);
    await new Promise((resolve) => setTimeout(resolve, TICK));
  }
  while (open > 0) await new Promise((resolve) => setTimeout(resolve, TICK));
  for (const session of sessions) session.close();
  return { durations: durations.sort((a, b) => a - b), failed };

  function send(session, body, due) {
    const stream = session.request({ ':method': 'POST', ':path': call.path, ...call.headers });
    let status;
    stream.on('trailers', (trailers) => {
      status = trailers['grpc-status'];
    });
    stream.on('error', () => {});
    stream.on('close', () => {
      open--;
      if (status === '0') durations.push(performance.now() - due);
      else failed++;
    });
    stream.resume();
    stream.end(body);
  }
}

/** @param {readonly number[]} sorted @param {number} part such as 0.99 */
export function quantile(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
