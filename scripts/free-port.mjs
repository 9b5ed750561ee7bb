/**
 * Free ports of the loopback interface, for servers whose port must be known in advance: one that starts again on
 * it, or one whose log cannot be read.
 */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the range from which Linux takes the ports of outgoing connections and of `listen(0)` (32768 to 60999 by
 * default): a port of that range may be taken by a neighbour while the server that had it starts again.
 */
const FIRST = 16_384;
const END = 32_768;
const TRIES = 100;

/**
 * A port that nothing listens on, and that only another call of this function can give away.
 * @throws Error where a hundred ports in turn are taken.
 */
export async function freePort() {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(FIRST, END);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port found from ${FIRST} to ${END - 1}`);
}

async function isFree(port) {
  const probe = createServer();
  try {
    await once(probe.listen(port, '127.0.0.1'), 'listening');
  } catch {
    return false;
  }
  await once(probe.close(), 'close');
  return true;
}
