/**
 * For `node --import`: the OpenTelemetry SDK with an exporter that counts spans and sends them nowhere. Each process
 * writes its count into its own file in the directory `SOAK_SPANS`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

const file = join(process.env.SOAK_SPANS, `${process.pid}`);
let count = 0;

const exporter = {
  export(spans, done) {
    count += spans.length;
    writeFileSync(file, `${count}`);
    done({ code: 0 });
  },
  shutdown: async () => {},
  forceFlush: async () => {},
};

new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] }).register();
