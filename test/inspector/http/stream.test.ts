import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { call } from '../../../src/core/call.ts';
import { compileFilter, type Filter } from '../../../src/inspector/filter/filter.ts';
import { MAX_VIEWERS, Streams } from '../../../src/inspector/http/stream.ts';
import { Tap } from '../../../src/inspector/tap/tap.ts';
import { aClient, inputs } from '../../support/inputs.ts';
import { aRuntime, bytes, requestOf, rpcFor } from '../../support/runtime.ts';

/** What a response of Node does, as far as streams use it. */
class Response extends EventEmitter {
  text = '';
  isEnded = false;
  /** Bytes that the peer has not read. */
  writableLength = 0;
  writeHead(): void {}
  write(chunk: string): boolean {
    this.text += chunk;
    return true;
  }
  end(): void {
    this.isEnded = true;
  }
  get messages(): { event: string; data: unknown }[] {
    const found = [...this.text.matchAll(/event: (\w+)\ndata: (.*)\n/g)];
    return found.map(([, event = '', data = '']) => ({ event, data: JSON.parse(data) }));
  }
  rows(): number {
    return this.messages.filter(({ event }) => event === 'calls').flatMap(({ data }) => data as unknown[])
      .length;
  }
  dropped(): number {
    return this.messages
      .filter(({ event }) => event === 'dropped')
      .reduce((sum, { data }) => sum + (data as { calls: number }).calls, 0);
  }
}

const rpc = rpcFor('client.connected');

function open({ calls = 100 } = {}) {
  const tap = new Tap({ calls, bytes: 1e9, payloads: false });
  const flow = tap.watchFlow(call);
  const runtime = aRuntime();
  let revision = '1-a';
  const streams = new Streams({ tap, epoch: 'e', headers: {}, revision: () => revision });
  return {
    tap,
    streams,
    reload: (next: string) => {
      revision = next;
    },
    view(filter = '', after?: string): Response {
      const response = new Response();
      streams.open(response as unknown as ServerResponse, { filter: compileFilter(filter) as Filter, after });
      return response;
    },
    call(times: number, clientid = 'c') {
      const request = requestOf(rpc, { ...inputs()['client.connected'], clientinfo: aClient({ clientid }) });
      for (let i = 0; i < times; i++) flow(rpc, bytes, request, runtime, 1000, {});
    },
  };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a stream', () => {
  it('sends at most 20 batches a second of 200 rows', () => {
    const { view, call: make } = open({ calls: 10_000 });
    const viewer = view();
    make(10_000);
    vi.advanceTimersByTime(1000);
    expect(viewer.messages.filter(({ event }) => event === 'calls')).toHaveLength(20);
    expect(viewer.rows()).toBe(4000);
    vi.advanceTimersByTime(2000);
    expect(viewer.rows()).toBe(10_000);
  });

  it('makes nothing for a reader that is behind, and tells it afterwards how many calls it has missed', () => {
    const { view, call: make } = open({ calls: 100 });
    const viewer = view();
    viewer.writableLength = 1024 * 1024;
    const before = viewer.text.length;
    for (let i = 0; i < 20; i++) {
      make(50);
      vi.advanceTimersByTime(50);
    }
    expect(viewer.text.length).toBe(before);
    viewer.writableLength = 0;
    vi.advanceTimersByTime(50);
    expect([viewer.dropped(), viewer.rows()]).toEqual([900, 100]);
  });

  it('bounds a batch in bytes, whatever names clients have', () => {
    const { view, call: make } = open({ calls: 1000 });
    const viewer = view();
    make(400, 'x'.repeat(60_000));
    vi.advanceTimersByTime(50);
    expect(viewer.text.length).toBeLessThan(600 * 1024);
    vi.advanceTimersByTime(1000);
    expect(viewer.rows()).toBe(400);
  });

  it('goes on after an id of this epoch, and begins anew after another one', () => {
    const { view, call: make } = open({ calls: 10 });
    make(5);
    const ids = ['e.3', 'e.5', 'e.9', 'other.3', 'e.x'];
    const viewers = ids.map((id) => view('', id));
    vi.advanceTimersByTime(50);
    expect(
      viewers.map((viewer) => [
        (viewer.messages[0]?.data as { isResumed: boolean } | undefined)?.isResumed,
        viewer.rows(),
      ]),
    ).toEqual([
      [true, 2],
      [true, 0],
      [false, 0],
      [false, 0],
      [false, 0],
    ]);
  });

  it('says when other policies are in force', () => {
    const { view, reload } = open();
    const viewer = view();
    reload('2-b');
    vi.advanceTimersByTime(100);
    expect(viewer.messages.filter(({ event }) => event === 'revision')).toEqual([
      { event: 'revision', data: { revision: '2-b' } },
    ]);
  });

  it('shows that it lives every 15 seconds in which nothing happens', () => {
    const { view } = open();
    const viewer = view();
    vi.advanceTimersByTime(31_000);
    expect(viewer.text.match(/^: still here$/gm)).toHaveLength(2);
  });

  it('is one of five, and leaves nothing behind when it is closed', () => {
    const { view, streams } = open();
    const viewers = Array.from({ length: MAX_VIEWERS }, () => view());
    expect(() => view()).toThrow(/5 pages look already/);
    for (const viewer of viewers) viewer.emit('close');
    expect(streams.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    view();
    streams.close();
  });
});
