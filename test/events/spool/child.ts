/**
 * A process that uses a spool, for tests that kill it. Reads commands from standard input, one JSON array per line, and
 * answers each with a line of JSON; `flood` never ends, and reports what was stored after each append.
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { openSpool } from '../../../src/events/spool/open-spool.ts';
import type { Delivery } from '../../../src/sinks/delivery.ts';

const [path = '', sync = 'false'] = process.argv.slice(2);
const say = (answer: unknown) => writeSync(1, `${JSON.stringify(answer)}\n`);
const quiet = () => undefined;
const log = { info: quiet, warn: quiet, error: quiet } as unknown as Parameters<typeof openSpool>[1]['log'];
const spool = await openSpool({ path, maxBytes: 2 ** 30, sync: sync === 'true' }, { log, now: Date.now });
const sinkLog = spool.sinkLog('history');
say('open');

const delivery = (id: string, key: string): Delivery => ({
  id,
  key,
  format: 'raw',
  contentType: 'text/plain',
  attributes: {},
  body: Buffer.alloc(500, id),
});

const commands: Record<string, (...args: never[]) => Promise<unknown>> = {
  async append(ids: string[], key: string, claim: boolean) {
    return await sinkLog.append(
      ids.map((id) => delivery(id, key)),
      { claim },
    );
  },
  async take(max: number) {
    return (await sinkLog.claimNext(max, 2 ** 30)).map(({ position, delivery: { id } }) => ({
      position,
      id,
    }));
  },
  async confirm(positions: number[]) {
    await sinkLog.confirm(positions);
  },
  async size() {
    return sinkLog.size;
  },
  /** Three appenders at a time: commits then overlap with whatever kills the process. */
  async flood(name: string, from: number) {
    let next = from;
    const appender = async () => {
      for (;;) {
        const ids = Array.from({ length: 1 + (next % 5) }, (_, i) => `${name}${next + i}`);
        next += ids.length;
        await sinkLog.append(ids.map((id) => delivery(id, name)));
        say(ids);
      }
    };
    await Promise.all([appender(), appender(), appender()]);
  },
  async close() {
    await spool.close();
    process.exit(0);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...args] = JSON.parse(line) as [string, ...never[]];
  say((await commands[name]?.(...args)) ?? null);
}
