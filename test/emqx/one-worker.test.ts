import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { askForTask, createTaskGiver } from '../../src/emqx/one-worker.ts';

/** A worker and the channel to its supervisor. */
function aWorker(give: ReturnType<typeof createTaskGiver>) {
  const channel = new EventEmitter();
  const worker = {
    isAlive: true,
    isConnected: () => worker.isAlive,
    send: (message: object) => channel.emit('message', message),
    ask: () =>
      askForTask(
        {
          send: (message: object) => {
            queueMicrotask(() => give(worker, message));
            return true;
          },
          on: (event, listener) => channel.on(event, listener),
          off: (event, listener) => channel.off(event, listener),
        },
        1_000,
      ),
    channel,
  };
  return worker;
}

it('One worker has the task, as long as it lives, and then another', async () => {
  const give = createTaskGiver();
  const [first, second] = [aWorker(give), aWorker(give)];
  expect(await Promise.all([first.ask(), second.ask()])).toStrictEqual([true, false]);
  expect([await second.ask(), await first.ask()]).toStrictEqual([false, true]);
  first.isAlive = false;
  expect(await second.ask()).toBe(true);
  expect(second.channel.listenerCount('message')).toBe(0);
});

it('A process without a supervisor, or with one that does not answer, has no task', async () => {
  const nobody = { on: () => {}, off: () => {} };
  expect(await askForTask(nobody, 1_000)).toBe(false);
  expect(await askForTask({ ...nobody, send: () => true }, 1)).toBe(false);
});

it('Other messages give nothing', () => {
  const worker = { isConnected: () => true, send: () => expect.unreachable() };
  for (const message of [undefined, null, 'text', {}, { exhook: 'node-news' }])
    createTaskGiver()(worker, message);
});
