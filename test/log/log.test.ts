import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createLogger, type LogOptions } from '../../src/log/log.ts';

async function aLog(options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  return { lines, log: await createLogger({ level: 'trace', format: 'json', ...options }, stream) };
}

describe('a line of JSON', () => {
  it('has severity, time and message as Google Cloud names them, and no noise', async () => {
    const { lines, log } = await aLog();
    log.info({ code: 'x' }, 'listening');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      severity: 'INFO',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      code: 'x',
      message: 'listening',
    });
  });

  it.each([
    ['trace', 'DEBUG'],
    ['debug', 'DEBUG'],
    ['info', 'INFO'],
    ['warn', 'WARNING'],
    ['error', 'ERROR'],
    ['fatal', 'CRITICAL'],
  ] as const)('says of %s %s', async (level, severity) => {
    const { lines, log } = await aLog();
    log[level]('x');
    expect(JSON.parse(lines[0] ?? '').severity).toBe(severity);
  });

  it('tells of an error with its type, message and stack', async () => {
    const { lines, log } = await aLog();
    log.error({ err: new TypeError('no') }, 'failed');
    expect(JSON.parse(lines[0] ?? '').err).toMatchObject({
      type: 'TypeError',
      message: 'no',
      stack: expect.any(String),
    });
  });

  it('tells of a cause, of addresses that all refused, and of nothing else that hangs on an error', async () => {
    const { lines, log } = await aLog();
    const refused = new AggregateError([new Error('no 1'), new Error('no 2')]);
    const cause = Object.assign(refused, { code: 'ECONNREFUSED', config: { headers: ['s3cret'] } });
    log.error({ err: Object.assign(new Error('failed', { cause }), { body: 's3cret' }) });
    const { err, message } = JSON.parse(lines[0] ?? '');
    expect(message).toBe('failed');
    expect(err).toEqual({
      type: 'Error',
      message: 'failed',
      stack: expect.any(String),
      cause: {
        type: 'AggregateError',
        message: 'no 1; no 2',
        code: 'ECONNREFUSED',
        stack: expect.any(String),
      },
    });
    expect(lines.join()).not.toContain('s3cret');
  });

  it('describes a thrown value that is not an error', async () => {
    const { lines, log } = await aLog();
    log.error({ err: { token: 's3cret' } }, 'failed');
    expect(JSON.parse(lines[0] ?? '').err).toEqual({ type: 'object' });
  });

  it('ends the chain of causes, also of one that is its own cause', async () => {
    const { lines, log } = await aLog();
    const error = new Error('round');
    error.cause = error;
    log.error({ err: error }, 'failed');
    expect(lines.join().match(/"type":"Error"/g)).toHaveLength(4);
  });

  it('is what auto gives when a stream is not a terminal', async () => {
    const { lines, log } = await aLog({ format: 'auto', env: {} });
    log.info('x');
    expect(JSON.parse(lines[0] ?? '').message).toBe('x');
  });

  it('is not written below the level', async () => {
    const { lines, log } = await aLog({ level: 'warn' });
    log.info('x');
    log.warn('y');
    expect(lines).toHaveLength(1);
  });

  it('is never written when silent', async () => {
    const { lines, log } = await aLog({ level: 'silent' });
    log.fatal('x');
    expect(lines).toEqual([]);
  });
});

describe.each(['json', 'pretty'] as const)('secrets in %s', (format) => {
  it.each([
    ['password'],
    ['token'],
    ['authorization'],
    ['clientinfo', 'password'],
    ['headers', 'authorization'],
    ['headers', 'cookie'],
    ['request', 'headers', 'authorization'],
    ['cause', 'token'],
  ])('are not written at %s.%s', async (...path) => {
    const { lines, log } = await aLog({ format });
    log.info(path.reduceRight<unknown>((value, key) => ({ [key]: value }), 's3cret') as object, 'x');
    expect(lines.join()).not.toContain('s3cret');
    expect(lines.join()).toContain('***');
  });
});

describe('a pretty line', () => {
  it('can be read', async () => {
    const { lines, log } = await aLog({ format: 'pretty' });
    log.info({ port: 9000 }, 'listening');
    const text = lines.join('');
    expect(text).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: listening\n/);
    expect(text).toContain('port: 9000');
    expect(text).toBe(stripVTControlCharacters(text));
  });

  it('shows what would move the cursor as an escape', async () => {
    const { lines, log } = await aLog({ format: 'pretty' });
    log.info('a\u001b[2Jb\u009b');
    expect(lines.join('')).toContain('a\\x1b[2Jb\\x9b');
  });
});
