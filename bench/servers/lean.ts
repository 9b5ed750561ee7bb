/**
 * Our transport and call flow without the program around them: the difference to `dist/server.js` is what the program
 * adds.
 *
 *     node lean.mjs PORT
 */
import { listen } from '../../src/transport/listener.ts';
import { runtime } from './runtime.ts';

await listen({
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  connect: true,
  messageBytes: 16 * 2 ** 20,
  bodyTimeout: 10_000,
  deadlineFraction: 0.8,
  watches: 1_000,
  watchesPerConnection: 16,
  inFlight: 10_000,
  queuedBytes: 256 * 2 ** 20,
  runtime: () => runtime,
  refused: (reason) => process.stderr.write(`${reason}\n`),
});
process.on('SIGTERM', () => process.exit(0));
