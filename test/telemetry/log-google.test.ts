/** The field names come from the pages "Structured logging" and "Format errors in logs" of Google Cloud. */
import { describe, expect, it } from 'vitest';
import { version } from '../../src/lib/version.ts';
import type { ActiveTrace } from '../../src/log/active-trace.ts';
import { createLogger, type LogOptions } from '../../src/log/log.ts';
import { findUndocumented } from './log-fields.ts';

const trace: ActiveTrace = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  isSampled: true,
};

async function aLog(options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const log = await createLogger({ level: 'trace', format: 'google', env: {}, ...options }, stream);
  const records = (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line));
  return { records, log };
}

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('the format google', () => {
  it('is what auto gives on Cloud Run', async () => {
    const { records, log } = await aLog({ format: 'auto', env: { K_SERVICE: 'edge', K_REVISION: 'edge-7' } });
    log.error('failed');
    expect(records()[0]).toMatchObject({ serviceContext: { service: 'edge', version: 'edge-7' } });
  });

  it('adds nothing to a line without error and trace', async () => {
    const { records, log } = await aLog();
    log.warn({ code: 'x' }, 'hm');
    expect(records()).toEqual([{ severity: 'WARNING', time, code: 'x', message: 'hm' }]);
  });

  it('marks an error for Error Reporting, with its stack', async () => {
    const { records, log } = await aLog();
    const err = new TypeError('no');
    log.error({ err }, 'failed');
    expect(records()[0]).toMatchObject({
      severity: 'ERROR',
      message: 'failed',
      '@type': 'type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent',
      serviceContext: { service: 'exhook-edge', version },
      stack_trace: err.stack,
    });
  });

  it('uses the stack of the error that a hook threw', async () => {
    const { records, log } = await aLog();
    log.error({ cause: 'TypeError', detail: 'no', stack: 'TypeError: no\n    at decide' }, 'a call failed');
    expect(records()[0]).toMatchObject({ stack_trace: 'TypeError: no\n    at decide' });
  });

  it('marks an error without a stack, and an error alone', async () => {
    const { records, log } = await aLog();
    log.error('failed');
    log.fatal(new Error('alone'));
    const [first, second] = records();
    expect(first).toHaveProperty('@type');
    expect(first).not.toHaveProperty('stack_trace');
    expect(second).toMatchObject({ severity: 'CRITICAL', message: 'alone', stack_trace: expect.any(String) });
  });

  it.each<[string, Partial<LogOptions>]>([
    ['the configuration', { project: 'p-1' }],
    ['the environment', { env: { GOOGLE_CLOUD_PROJECT: 'p-1' } }],
    ['the configuration before the environment', { project: 'p-1', env: { GOOGLE_CLOUD_PROJECT: 'p-2' } }],
  ])('links a line to its trace, in the project of %s', async (_, options) => {
    const { records, log } = await aLog({ ...options, trace: () => trace });
    log.info('x');
    expect(records()).toEqual([
      {
        severity: 'INFO',
        time,
        message: 'x',
        'logging.googleapis.com/trace': 'projects/p-1/traces/0af7651916cd43dd8448eb211c80319c',
        'logging.googleapis.com/spanId': 'b7ad6b7169203331',
        'logging.googleapis.com/trace_sampled': true,
      },
    ]);
    expect(records().flatMap((record) => findUndocumented(record))).toEqual([]);
  });

  it('has the bare ids where no project is known', async () => {
    const { records, log } = await aLog({ trace: () => trace, env: { GOOGLE_CLOUD_PROJECT: '' } });
    log.info('x');
    expect(records()[0]).toMatchObject({ trace_id: trace.traceId, span_id: trace.spanId, trace_flags: '01' });
  });

  it('has documented fields only', async () => {
    const { records, log } = await aLog({ trace: () => trace });
    log.error({ err: new Error('a', { cause: new Error('b') }), code: 'sink_failed' }, 'failed');
    expect(records().flatMap((record) => findUndocumented(record))).toEqual([]);
  });
});

describe.each(['json', 'pretty'] as const)('a trace in %s', (format) => {
  it('is there while there is one, and belongs to the line', async () => {
    const lines: string[] = [];
    let active: ActiveTrace | undefined = { ...trace, isSampled: false };
    const stream = { write: (line: string) => void lines.push(line) };
    const log = await createLogger({ level: 'info', format, env: {}, trace: () => active }, stream);
    log.info('in it');
    active = undefined;
    log.info('after it');
    expect(lines[0]).toMatch(/trace_id"?: ?"0af7651916cd43dd8448eb211c80319c"/);
    expect(lines[0]).toMatch(/span_id"?: ?"b7ad6b7169203331"/);
    expect(lines[0]).toMatch(/trace_flags"?: ?"00"/);
    expect(lines[1]).not.toMatch(/trace|span/);
  });
});
