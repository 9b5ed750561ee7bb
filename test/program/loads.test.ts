/**
 * Nothing is loaded once the server listens: there may be no file descriptor left, and a failed import fails forever.
 */
import { describe, expect, it } from 'vitest';
import { everything, sinks, useEverything } from './support/everything.ts';
import { serverOf } from './support/policy-server.ts';
import { type RunningServer, temporaryDirectory } from './support/program.ts';

const report = new URL('support/report-loads.mjs', import.meta.url).href;
const options = { env: { NODE_OPTIONS: `--import ${report}` } };

/** The modules that were loaded after the server had said that it listens. */
function lateLoads({ log }: RunningServer): string[] {
  const start = log.findIndex(({ message }) => message.startsWith('listening on '));
  return log.slice(start).flatMap(({ message }) => /^loaded (.*)/.exec(message)?.[1] ?? []);
}

describe('a server that listens', () => {
  it('has loaded all that its policies, codecs and pages need', async () => {
    const { server, broker } = await serverOf(everything, {}, ['--watchdog', 'off'], options);
    const results = await useEverything(broker, server.url);
    expect(Object.entries(results).filter(([, result]) => result !== true)).toStrictEqual([]);
    expect(lateLoads(server)).toStrictEqual([]);
    expect(server.log.some(({ message }) => message.startsWith('loaded '))).toBe(true);
  });

  it.each(Object.entries(sinks))(
    'has loaded all that the sink %s needs to connect',
    async (name, section) => {
      const config = {
        sinks: { [name]: { ...section, queue: { retry: { max: '100ms' } } } },
        events: { stdout: 'off', routes: [{ hooks: ['client.connected'], to: name }] },
      };
      const { server, broker } = await serverOf(config, {}, ['--watchdog', 'off'], options);
      await useEverything(broker, server.url);
      await server.logged(new RegExp(`sink|${name}`, 'i'));
      expect(lateLoads(server)).toStrictEqual([]);
    },
  );

  it('has loaded the modules of a spool', async () => {
    const config = {
      spool: { path: temporaryDirectory() },
      sinks: { http: sinks.http },
      events: { stdout: 'off', routes: [{ hooks: ['client.connected'], to: 'http' }] },
    };
    const { server, broker } = await serverOf(config, {}, ['--watchdog', 'off'], options);
    await useEverything(broker, server.url);
    expect(lateLoads(server)).toStrictEqual([]);
  });

  it('has loaded the modules that a supervisor needs to add up the pages of its workers', async () => {
    const config = { workers: 2, admin: { port: 'shared', open: true } };
    const { server, broker } = await serverOf(config, {}, ['--watchdog', 'off'], options);
    const listening = () => server.log.filter(({ message }) => message.startsWith('listening on ')).length;
    await server.stderr.until('both workers listen', () => listening() === 2);
    const before = server.log.length;
    await useEverything(broker, server.url);
    expect(server.log.slice(before).filter(({ message }) => message.startsWith('loaded '))).toStrictEqual([]);
  });
});
