/**
 * Loaded into a server with `node --import`: the first SIGWINCH starts a CPU profile, the second writes it to
 * `server.cpuprofile` in the working directory. Unlike `--cpu-prof` it excludes start-up and warm-up.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

/** Microseconds between samples. */
const INTERVAL = 200;

/** @type {Session | undefined} */
let session;

process.on('SIGWINCH', async () => {
  if (session === undefined) {
    session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: INTERVAL });
    await session.post('Profiler.start');
    writeFileSync('server.profiling', '');
  } else {
    const { profile } = await session.post('Profiler.stop');
    writeFileSync('server.cpuprofile', JSON.stringify(profile));
    writeFileSync('server.profiled', '');
  }
});
