import { describe, expect, it } from 'vitest';
import { defineSink } from '../../../src/sinks/define-sink.ts';
import { Module } from '../../../src/sinks/module/declaration.ts';
import { openModule } from '../../../src/sinks/module/open.ts';
import { worldOf } from '../world.ts';

const sink = { name: 'theirs', async write() {}, async close() {} };
const open = (exported: Record<string, unknown>, options: object = {}) =>
  openModule(Module.parse({ path: '/sinks/mine.mjs', options }), worldOf('mine'), async () => exported);

describe('a sink of a module', () => {
  it('is opened with its options and the world, and bears the name of the configuration', async () => {
    const seen: unknown[] = [];
    const opened = await open(
      {
        default: defineSink(async (options, { name }) => {
          seen.push(options, name);
          return sink;
        }),
      },
      { url: 'http://127.0.0.1' },
    );
    expect(seen).toEqual([{ url: 'http://127.0.0.1' }, 'mine']);
    expect(opened.name).toBe('mine');
    expect(opened.check).toBeUndefined();
  });

  it('keeps what its methods are called on', async () => {
    class Counter {
      readonly name = 'counter';
      batches = 0;
      async write() {
        this.batches++;
      }
      async check() {
        throw new Error(`${this.batches} so far`);
      }
      async close() {}
    }
    const opened = await open({ default: async () => new Counter() });
    await opened.write([], new AbortController().signal);
    await expect(opened.check?.()).rejects.toThrow('1 so far');
    await opened.close();
  });

  it.each([
    [{}, /exports no sink; write export default defineSink/],
    [{ default: sink }, /exports no sink/],
    [{ default: async () => undefined }, /opened no sink: return \{ name, write, close \}/],
    [{ default: async () => ({ close() {} }) }, /needs a function "write"/],
    [{ default: async () => ({ write() {} }) }, /needs a function "close"/],
    [{ default: async () => ({ ...sink, check: true }) }, /"check" of its sink must be a function/],
    [
      {
        default: () => {
          throw new Error('no url');
        },
      },
      /could not open its sink: no url/,
    ],
  ])('that is not a sink is rejected: %#', async (exported, says) => {
    await expect(open(exported)).rejects.toThrow(says);
    await expect(open(exported)).rejects.toThrow(/^\/sinks\/mine\.mjs: /);
  });

  it('that is not there is refused with what to do', async () => {
    const options = Module.parse({ path: '/nowhere/mine.mjs' });
    const absent = async () => {
      const error = new Error("Cannot find module '/nowhere/mine.mjs' imported from ...");
      throw Object.assign(error, { code: 'ERR_MODULE_NOT_FOUND' });
    };
    await expect(openModule(options, worldOf('mine'), absent)).rejects.toThrow(
      '/nowhere/mine.mjs: does not exist; paths are relative to the configuration file',
    );
  });
});

describe('defineSink', () => {
  it('takes a function only', () => {
    expect(() => defineSink({} as never)).toThrow(/takes a function/);
  });
});
