/**
 * Which of the two projects of vitest a test belongs to, by its path alone; `vitest.config.ts` reads it, and
 * `test/projects.test.ts` holds the tests to it.
 */
import { filesUnder } from './source.ts';

/** Folders about programs, servers and real systems: all tests in them are isolated. */
export const programFolders = [
  'deploy',
  'emqx',
  'examples',
  'program',
  'redaction',
  'sinks',
  'supply-chain',
  'telemetry/tracing',
  'transport',
];

/** Elsewhere, such a test has this ending. */
export const programEnding = '.program.test.ts';

/** Run on their own, by `npm run test:faults` and `npm run test:attack`. */
export const separateFolders = ['attack', 'faults'];

/** Tests about values in those folders: a separate process would cost each of them a second. */
export const valueTests = [
  'emqx/one-worker',
  'redaction/leaks',
  'sinks/by-key',
  'sinks/cloudevents/cloud-event',
  'sinks/cloudevents/pretty',
  'sinks/cloudevents/stamp',
  'sinks/content',
  'sinks/file/declaration',
  'sinks/http/declaration',
  'sinks/http/parts',
  'sinks/nats/declaration',
  'sinks/nats/publisher',
  'sinks/nats/slots',
  'sinks/nats/subject',
  'sinks/reconnecting',
  'sinks/redis/declaration',
  'sinks/target-guard',
  'sinks/tls-errors',
  'sinks/tls-section',
  'telemetry/tracing/trace-parent',
  'transport/body',
  'transport/connections',
  'transport/deadline',
  'transport/departures',
  'transport/farewell',
  'transport/frame',
  'transport/host-check',
  'transport/http2/hpack/appendix-c',
  'transport/http2/hpack/decoder',
  'transport/http2/hpack/encoder',
  'transport/http2/hpack/hostile',
  'transport/http2/hpack/huffman',
  'transport/http2/hpack/integer',
  'transport/http2/hpack/remembered-blocks',
  'transport/in-flight',
  'transport/pending-bodies',
  'transport/probes',
  'transport/shed',
  'transport/sniff',
  'transport/status',
].map((name) => `test/${name}.test.ts`);

/** Whether a test, by its path from the root of the project, is isolated: each such file has a process of its own. */
export function isProgramTest(path: string): boolean {
  return path.endsWith(programEnding) || (isIn(path, programFolders) && !valueTests.includes(path));
}

/** Whether a test is part of `npm test`. */
export function isOrdinary(path: string): boolean {
  return !isIn(path, separateFolders);
}

/** The tests that are isolated, and those that are not: each by its path. */
export function listTests(): { readonly program: string[]; readonly pure: string[] } {
  const tests = filesUnder('test').filter((path) => path.endsWith('.test.ts') && isOrdinary(path));
  return { program: tests.filter(isProgramTest), pure: tests.filter((path) => !isProgramTest(path)) };
}

const isIn = (path: string, folders: readonly string[]) =>
  folders.some((folder) => path.startsWith(`test/${folder}/`));
