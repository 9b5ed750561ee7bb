/** A server where nobody traces: it is as if there were no tracing at all. */
import { describe, expect, it } from 'vitest';
import { defineHook } from '../../../src/core/hook.ts';
import { observed } from '../../../src/protocol/schema/replies.ts';
import { findRegistry, openActiveTrace, openTracing } from '../../../src/telemetry/tracing/detect.ts';
import { filesUnder, importsOf } from '../../support/source.ts';
import { aConnect, anSdk, aServer, callAt, connected } from './support.ts';

/** The functions that a call goes through from its stream to its hook, innermost first. */
async function pathOfCall(): Promise<string[]> {
  let stack = '';
  const looking = defineHook({
    name: 'client.connected',
    decide() {
      stack = new Error().stack ?? '';
      return { reply: observed() };
    },
  });
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  const { url } = await aServer({ hooks: [looking] });
  await callAt(url, connected, aConnect);
  Error.stackTraceLimit = limit;
  return [...stack.matchAll(/src\/([\w/-]+\.ts)/g)].map(([, file = '']) => file);
}

describe('without an SDK', () => {
  it('a stream calls the flow itself', async () => {
    const path = await pathOfCall();
    expect(path).not.toHaveLength(0);
    // Whatever carries the bytes: the flow, and no tracing.
    const files = new Set(path.filter((file) => !file.startsWith('transport/')));
    expect(files).toStrictEqual(new Set(['app/built-in-events.ts', 'core/call.ts']));
    expect(path).toContain('transport/unary-call.ts');
  });

  it('there is no tracing, and the log has no trace fields', async () => {
    expect(findRegistry()?.trace).toBeUndefined();
    expect(await openTracing({ warn() {} })).toBeUndefined();
    expect(await openActiveTrace()).toBeUndefined();
  });
});

describe('beside an SDK', () => {
  it('a stream calls the flow by way of its span', async () => {
    anSdk();
    expect(await pathOfCall()).toContain('telemetry/tracing/traced-call.ts');
  });
});

describe('the API of OpenTelemetry', () => {
  const sources = filesUnder('src').map((file) => ({ file, imports: importsOf(file) }));
  const isTracing = (file: string) => file.startsWith('src/telemetry/tracing/');
  /** Modules loaded with every server. */
  const detect = 'src/telemetry/tracing/detect.ts';

  it('is imported by the files of tracing only', () => {
    const users = sources.filter(({ imports }) =>
      imports.some(({ from }) => from.startsWith('@opentelemetry/')),
    );
    expect(users.filter(({ file }) => !isTracing(file) || file === detect)).toStrictEqual([]);
    expect(users.length).toBeGreaterThan(3);
  });

  it('is loaded when an SDK was found, not before', () => {
    const eager = sources
      .filter(({ file }) => !isTracing(file) || file === detect)
      .flatMap(({ file, imports }) =>
        imports
          .filter(
            ({ from, isType, isDynamic }) => isTracing(from) && from !== detect && !isType && !isDynamic,
          )
          .map(({ from }) => `${file} -> ${from}`),
      );
    expect(eager).toStrictEqual([]);
  });
});
