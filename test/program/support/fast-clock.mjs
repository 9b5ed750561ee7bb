// For `node --import`: a program whose monotonic clock and timers run SPEED times as fast, for tests that wait for what the
// program does after ten seconds or a minute. Sockets, files and the wall clock are as ever.
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

const speed = Number(process.env.SPEED);
const now = performance.now.bind(performance);
performance.now = () => now() * speed;

/** What a timer takes stays what it was but for its delay. */
const hurried = (set) =>
  Object.assign((callback, delay, ...rest) => set(callback, (delay ?? 0) / speed, ...rest), set);
globalThis.setTimeout = hurried(globalThis.setTimeout);
globalThis.setInterval = hurried(globalThis.setInterval);

const wait = timers.setTimeout;
timers.setTimeout = (delay, ...rest) => wait((delay ?? 0) / speed, ...rest);
syncBuiltinESMExports();
