// A user's file for `node --import`: the OpenTelemetry SDK with an exporter that appends one line of JSON per span to
// the file SPANS; FAULT names what throws.
import { appendFileSync } from 'node:fs';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
} from '@opentelemetry/sdk-trace-node';

const { SPANS = '', FAULT = '' } = process.env;

function fail() {
  throw new Error('a fault of the SDK');
}

const exporter = {
  export(spans, done) {
    if (FAULT === 'export') fail();
    for (const span of spans) {
      const { name, kind, attributes, links, status, parentSpanContext } = span;
      const { traceId, spanId } = span.spanContext();
      const linked = links.map(({ context }) => context.spanId);
      const parent = parentSpanContext?.spanId;
      const line = { pid: process.pid, name, kind, traceId, spanId, parent, attributes, linked, status };
      appendFileSync(SPANS, `${JSON.stringify(line)}\n`);
    }
    done({ code: 0 });
  },
  shutdown: async () => {},
};

const root = FAULT === 'sampler' ? { shouldSample: fail } : new AlwaysOnSampler();
const batches = new BatchSpanProcessor(exporter, { scheduledDelayMillis: FAULT === '' ? 60_000 : 50 });
const faulty = {
  onStart: FAULT === 'start' ? fail : () => {},
  onEnd: FAULT === 'end' ? fail : () => {},
  forceFlush: async () => {},
  shutdown: async () => {},
};
new NodeTracerProvider({
  sampler: new ParentBasedSampler({ root }),
  spanProcessors: [faulty, batches],
}).register();
