/** A process whose standard output is under test. Reports what it did as JSON on file descriptor 3. */
import { writeSync } from 'node:fs';
import { Queue } from '../../src/config/sections/queue.ts';
import { estimateSafely } from '../../src/events/estimate.ts';
import { EventDelivery } from '../../src/events/event-delivery.ts';
import { createOutbox } from '../../src/events/outbox.ts';
import { plainShape } from '../../src/events/shape.ts';
import { createLogger } from '../../src/log/log.ts';
import type { HookInput } from '../../src/protocol/schema/requests.ts';
import { createStdoutSink } from '../../src/sinks/stdout/sink.ts';

const [scenario, count = '0', size = '0'] = process.argv.slice(2);
const log = await createLogger({ level: 'info', format: 'json' });
const report = (fields: object) => writeSync(3, `${JSON.stringify(fields)}\n`);

const sink = createStdoutSink({ format: 'auto', log });
const queue = { ...Queue.parse({ maxBytes: 4 * 2 ** 20, retry: { timeout: '1h' } }), concurrency: 1 };
const outbox = createOutbox({ sinks: sink ? [{ sink, queue, keepsEvents: true, takesAll: true }] : [], log });
let sent = 0;

function push(events: number): void {
  for (let i = 0; i < events; i++) {
    const data = { n: sent, payload: new Uint8Array(Number(size)).fill(97) };
    const event = { id: String(sent++), source: 'emqx:///n', type: 'emqx.message.publish', time: 0, data };
    const delivery = new EventDelivery(plainShape, event, 'message.publish', {} as HookInput);
    outbox.pipelines[0]?.push(delivery, estimateSafely(event), 'drop-oldest');
  }
}

/** Its parent tells it to continue by closing its standard input. */
const told = () => new Promise((resolve) => process.stdin.once('end', resolve).resume());
const turn = () => new Promise((resolve) => setImmediate(resolve));

if (scenario === 'all at once') {
  push(Number(count));
} else if (scenario === 'as they are read') {
  while (sent < Number(count)) {
    push(100);
    await outbox.flush(60_000);
  }
} else if (scenario === 'until nobody reads') {
  push(10);
  await outbox.flush(60_000);
  report({ ready: true });
  await told();
  for (let i = 0; i < 10; i++) {
    push(10);
    await outbox.flush(60_000);
    await turn();
  }
} else if (scenario === 'too fast') {
  for (let i = 0; i < 100; i++) {
    push(Number(count) / 100);
    await turn();
  }
} else if (scenario === 'log' || scenario === 'log until told') {
  for (let i = 0; i < Number(count); i++) log.info({ n: i, text: 'x'.repeat(Number(size)) }, 'line');
  if (scenario === 'log until told') {
    report({ ready: true });
    await told();
  }
}
const { queuedBytes, dropped } = outbox.stats;
const { lost: left } = await outbox.close(scenario === 'too fast' ? 50 : 60_000);
report({ sent, queuedBytes, dropped, left });
process.exit(0);
