/** What the cases share: a sink that is always closed. */
import type { Sink } from '../sink.ts';
import type { ContractCase, SinkSubject } from './subject.ts';

/** Time within which nothing may happen, in milliseconds, unless the subject sets another. */
const PATIENCE = 30_000;

export function patienceOf({ patience = PATIENCE }: SinkSubject): number {
  return patience;
}

/** A case with its own sink. */
export function withSink(
  subject: SinkSubject,
  title: string,
  run: (sink: Sink, patience: number) => Promise<void>,
): ContractCase {
  return {
    title,
    async run() {
      const sink = await subject.open();
      try {
        await run(sink, patienceOf(subject));
      } finally {
        await sink.close();
      }
    },
  };
}
