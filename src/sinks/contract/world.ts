/** What the cases share: a sink that is closed whatever happens. */
import type { Sink } from '../sink.ts';
import type { ContractCase, SinkSubject } from './subject.ts';

/** How long nothing may take, in milliseconds, unless the subject says otherwise. */
const PATIENCE = 30_000;

export function patienceOf({ patience = PATIENCE }: SinkSubject): number {
  return patience;
}

/** A case with a sink of its own. */
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
