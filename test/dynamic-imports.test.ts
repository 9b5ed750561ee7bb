/**
 * Node caches a failed import forever, and an import fails when no file can be opened. No call may therefore be the
 * first to import something: every dynamic import is listed here, with the moment at which it runs.
 * test/program/loads.test.ts shows the same on a running server.
 */
import { expect, it } from 'vitest';
import { loginMethods } from '../src/lookup/methods/kinds.ts';
import { sinkKinds } from '../src/sinks/kinds.ts';
import { codeOf, filesUnder, readSource } from './support/source.ts';

const START = 'before the port opens';
const OPEN = 'when a configuration is opened: before the port opens, or at a reload, which fails as a whole';
const FROM_MEMORY =
  'when a request needs it: the build makes a part of it, whose code src/parts.ts reads before the port opens';
const CONNECT = 'when a sink connects, after its opener has loaded the same';

/** How many dynamic imports a file has, and when they run. Commands are separate programs. */
const places: Record<string, readonly [count: number, when: string]> = {
  'src/cli.ts': [2, START],
  'src/payload/codecs/codec.ts': [7, OPEN],
  'src/payload/schema/json-schema.ts': [1, `${OPEN}: openJsonSchema awaits it`],
  'src/payload/conditions/open.ts': [1, OPEN],
  'src/config/read.ts': [
    3,
    `${OPEN}; two are never done in the built program, which has a file for the thread`,
  ],
  'src/events/check-conditions.ts': [1, OPEN],
  'src/events/open-events.ts': [2, START],
  'src/lib/import-file.ts': [1, `${OPEN} for hooks, ${START} for sinks`],
  'src/lib/http-client/load.ts': [1, `${OPEN}: what opens a client awaits it`],
  'src/lib/redis/client.ts': [1, `${START}, and ${CONNECT}`],
  'src/lookup/grants/open.ts': [2, START],
  'src/lookup/messages/open-conditions.ts': [1, OPEN],
  'src/lookup/messages/open-messages.ts': [2, OPEN],
  'src/lookup/password/engines.ts': [2, `${OPEN}: openUsers awaits both`],
  'src/lookup/policy/opener.ts': [4, OPEN],
  ...Object.fromEntries(
    loginMethods.map(({ name }) => [`src/lookup/${name}/declaration.ts`, [1, OPEN] as const]),
  ),
  'src/app/main.ts': [3, START],
  'src/offload-thread.ts': [
    4,
    'on a thread made for one job; a job that fails so is a reload that is refused',
  ],
  'src/app/serve/admin-pages.ts': [4, START],
  'src/app/serve/inspecting.ts': [2, START],
  'src/app/serve/parts.ts': [2, START],
  'src/parts.ts': [1, 'never by itself: it does the imports of the parts, which have places of their own'],
  'src/server.ts': [1, START],
  'src/app/testing.ts': [1, 'in tests of hooks, when one is called'],
  'src/sinks/kafka/open.ts': [1, START],
  'src/sinks/mqtt/open.ts': [1, START],
  'src/sinks/nats/open.ts': [2, START],
  'src/sinks/nats/connection.ts': [3, CONNECT],
  'src/sinks/postgres/open.ts': [1, START],
  'src/sinks/rabbitmq/open.ts': [1, START],
  ...Object.fromEntries(
    sinkKinds.map(({ name }) => [`src/sinks/${name}/declaration.ts`, [1, START] as const]),
  ),
  'src/events/spool/store.ts': [1, START],
  'src/log/log.ts': [1, START],
  'src/telemetry/prometheus.ts': [1, `${START}: loadCallWatch and openSupervisorAdmin await it`],
  'src/telemetry/tracing/detect.ts': [2, START],
  'src/transport/listener.ts': [2, `${FROM_MEMORY}; node:http2's way ${START}`],
};

/** Calls of `import(`, also with a variable; not of types. */
function countImports(file: string): number {
  return codeOf(readSource(file)).match(/(?<!typeof\s+)\bimport\s*\(/g)?.length ?? 0;
}

it('Every dynamic import of the server has a place before the first call', () => {
  const isServer = (file: string) => !/^src\/(cli|commands)\//.test(file);
  const found = filesUnder('src')
    .filter(isServer)
    .map((file) => [file, countImports(file)] as const)
    .filter(([, count]) => count > 0);
  const expected = Object.entries(places).map(([file, [count]]) => [file, count]);
  expect(Object.fromEntries(found)).toStrictEqual(Object.fromEntries(expected));
});
