/** The watchdog of the built server: what it kills, and what it does not. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { blockingHook, callAs } from './support/blocking-hook.ts';
import { aBroker } from './support/broker.ts';
import { openServer, type ProgramOptions, type RunningServer, startServer } from './support/program.ts';

const verdict = /was blocked for \d+ s \(watchdog\): killing the process/;

async function aServer(args: readonly string[] = [], options: ProgramOptions = {}): Promise<RunningServer> {
  return await startServer(['--hooks-custom', blockingHook(), '--watchdog', '1s', ...args], options);
}

const hasSpoken = (server: RunningServer) => server.log.some(({ message }) => verdict.test(message));

describe('the watchdog', () => {
  it('logs where a process loops forever, and kills it', async () => {
    const server = await aServer();
    const status = callAs(aBroker(server.url), 'loop');
    const line = await server.logged(verdict);
    expect(line).toMatchObject({ severity: 'CRITICAL', pid: server.pid });
    expect(line.silence).toBeGreaterThanOrEqual(1000);
    expect(line.stack).toMatch(/^ {4}at spinForEver \(file:.*blocking\.mjs:\d+:\d+\)\n {4}at /);
    expect(await server.ended).toStrictEqual({ code: null, signal: 'SIGKILL' });
    expect(await status).not.toBe(0);
  });

  it('kills a process that does not come back from native code, without a stack', async () => {
    const server = await aServer();
    void callAs(aBroker(server.url), 'native');
    expect(await server.logged(verdict)).not.toHaveProperty('stack');
    expect(await server.ended).toStrictEqual({ code: null, signal: 'SIGKILL' });
  });

  it('writes its line as the log is written: for people, and for Google Cloud', async () => {
    const pretty = openServer([
      '--hooks-custom',
      blockingHook(),
      '--watchdog',
      '1s',
      '--log-format',
      'pretty',
    ]);
    onTestFinished(() => pretty.kill());
    const find = () => /listening on (http:\S+)/.exec(pretty.stderr.text)?.[1];
    void callAs(aBroker(await pretty.stderr.until('it listens', find)), 'loop');
    await pretty.ended;
    expect(pretty.stderr.text).toMatch(/^\[.*\] FATAL: the event loop was blocked.*\n {4}at spinForEver /m);
    const google = await aServer(['--log-format', 'google']);
    void callAs(aBroker(google.url), 'loop');
    const line = await google.logged(verdict);
    expect(line).toMatchObject({ '@type': expect.stringMatching(/ReportedErrorEvent$/) });
    expect(line.stack_trace).toMatch(/^Error: the event loop was blocked.*\n {4}at spinForEver /);
  });

  it('lets a process live that was frozen as a whole', async () => {
    const server = await aServer();
    server.signal('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 3000));
    server.signal('SIGCONT');
    expect(await callAs(aBroker(server.url), 'not')).toBe(0);
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
    expect(hasSpoken(server)).toBe(false);
  });

  it.each([
    ['is off while an inspector listens', { env: { NODE_OPTIONS: '--inspect=127.0.0.1:0' } }, []],
    ['can be switched off', {}, ['--watchdog', 'off']],
  ])('%s: a process that is blocked for longer than the limit continues', async (_, options, args) => {
    const server = await aServer(args, options);
    expect(await callAs(aBroker(server.url), 'while')).toBe(0);
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
    expect(hasSpoken(server)).toBe(false);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends a blocked process that gets %s once the time to stop is over',
    async (signal) => {
      const server = await aServer(['--watchdog', '1h', '--drain-timeout', '500ms']);
      // The watcher is there when the thread that it watches is idle again.
      expect(await callAs(aBroker(server.url), 'while')).toBe(0);
      void callAs(aBroker(server.url), 'loop');
      await new Promise((resolve) => setTimeout(resolve, 1000));
      server.signal(signal);
      const line = await server.logged(/did not stop within drain\.timeout: killing it/);
      expect(line).toMatchObject({ severity: 'CRITICAL', stack: expect.stringContaining('spinForEver') });
      expect(await server.ended).toStrictEqual({ code: null, signal: 'SIGKILL' });
    },
  );
});
