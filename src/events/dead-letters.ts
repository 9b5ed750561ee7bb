/** Puts away deliveries that a sink will never take: into another sink, or into a file. */
import type { Delivery } from '../sinks/delivery.ts';
import { DeadLetterFile, deadLetterLine, markDead } from './dead-letter.ts';
import type { OpenedSink } from './opened-sink.ts';
import type { SinkPipeline } from './sink-pipeline.ts';
import type { Tally } from './tally.ts';

export interface DeadLettersOptions {
  /** The pipeline of a sink, by its name in the configuration. */
  readonly findPipeline: (sink: string) => SinkPipeline | undefined;
  /** Milliseconds since 1970. */
  readonly date: () => number;
}

export class DeadLetters {
  readonly #options: DeadLettersOptions;
  readonly #files = new Map<string, DeadLetterFile>();

  constructor(options: DeadLettersOptions) {
    this.#options = options;
  }

  /** Never rejects: a dead letter that cannot be put away is counted and logged. */
  async bury(
    { sink: { name }, deadLetter }: OpenedSink,
    tally: Tally,
    delivery: Delivery,
    reason: string,
  ): Promise<void> {
    tally.rejected(reason, deadLetter !== undefined);
    if (deadLetter === undefined) return;
    const letter = { delivery, sink: name, reason };
    try {
      if (typeof deadLetter === 'string') await this.#send(deadLetter, markDead(letter));
      else await this.#fileAt(deadLetter.file).append(deadLetterLine(letter, this.#options.date()));
    } catch (error) {
      tally.lostDeadLetter(error);
    }
  }

  async #send(sink: string, delivery: Delivery): Promise<void> {
    const pipeline = this.#options.findPipeline(sink);
    if (pipeline?.spool !== undefined) await pipeline.spool.append(delivery);
    else pipeline?.push(delivery, delivery.body.byteLength, 'drop-oldest');
  }

  #fileAt(path: string): DeadLetterFile {
    const known = this.#files.get(path) ?? new DeadLetterFile(path);
    this.#files.set(path, known);
    return known;
  }
}
