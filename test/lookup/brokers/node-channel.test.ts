import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { hearNews, relayNews, tellNews } from '../../../src/lookup/brokers/node-channel.ts';
import type { NodeNews } from '../../../src/lookup/brokers/node-news.ts';

const news: NodeNews = { node: 'emqx@a', what: 'called' };

/** A worker and the messages it received. */
function aWorker(isConnected = true) {
  const sent: unknown[] = [];
  return { sent, isConnected: () => isConnected, send: (message: object) => sent.push(message) };
}

describe('news of broker nodes', () => {
  it('reach the other workers, and not the one that tells', () => {
    const told: object[] = [];
    tellNews(news, { send: (message) => told.push(message), on: () => {}, off: () => {} });
    const [first, second, gone] = [aWorker(), aWorker(), aWorker(false)];
    relayNews(first, told[0], [first, second, gone]);
    expect([first.sent, second.sent, gone.sent]).toStrictEqual([[], told, []]);

    const channel = new EventEmitter();
    const heard: NodeNews[] = [];
    const stop = hearNews((one) => heard.push(one), channel);
    channel.emit('message', second.sent[0]);
    expect(heard).toStrictEqual([news]);
    stop();
    expect(channel.listenerCount('message')).toBe(0);
  });

  it('are not sent by a server without workers', () => {
    expect(() => tellNews(news, { on: () => {}, off: () => {} })).not.toThrow();
  });

  it.each([undefined, null, 'text', {}, { exhook: 'other' }])(
    'are not confused with other messages: %j',
    (message) => {
      const worker = aWorker();
      relayNews(aWorker(), message, [worker]);
      expect(worker.sent).toStrictEqual([]);
    },
  );
});
