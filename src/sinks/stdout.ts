/** Events on standard output: CloudEvents, one JSON object a line, or lines to read on a terminal. */
import { isatty } from 'node:tty';
import { toCloudEvent } from '../events/cloud-event.ts';
import { formatEvent } from '../events/pretty.ts';
import type { StampedEvent } from '../schema/event.ts';
import type { Logger } from '../telemetry/log.ts';
import { type Output, openOutput } from './output.ts';
import type { Sink } from './sink.ts';

export interface StdoutOptions {
  /** `auto` is pretty on a terminal and JSON elsewhere. */
  readonly format: 'auto' | 'json' | 'pretty' | 'off';
  readonly log: Pick<Logger, 'warn' | 'error'>;
  /** Default: 1. */
  readonly fd?: number;
  /** Default: whether the file descriptor is one. */
  readonly isTerminal?: boolean;
  /** Default: on a terminal, unless NO_COLOR is set. */
  readonly colours?: boolean;
}

/** The sink, or nothing when events are off. */
export function createStdoutSink(options: StdoutOptions): Sink | undefined {
  const { format, fd = 1, isTerminal = isatty(fd) } = options;
  if (format === 'off') return undefined;
  const { colours = isTerminal && !process.env.NO_COLOR } = options;
  const isPretty = format === 'pretty' || (format === 'auto' && isTerminal);
  const lineOf = isPretty ? (event: StampedEvent) => formatEvent(event, colours) : toCloudEvent;
  return new StdoutSink(fd, lineOf, options.log);
}

/**
 * Waits for the reader after every batch that does not go out at once: meanwhile the queue in front of this
 * sink is what holds events, and what bounds them.
 */
class StdoutSink implements Sink {
  readonly name = 'stdout';
  readonly #output: Output;
  readonly #lineOf: (event: StampedEvent) => string;
  readonly #log: StdoutOptions['log'];
  #state: 'open' | 'full' | 'off' = 'open';
  #release: () => void = doNothing;

  constructor(fd: number, lineOf: (event: StampedEvent) => string, log: StdoutOptions['log']) {
    this.#lineOf = lineOf;
    this.#log = log;
    this.#output = openOutput(fd, {
      drained: () => this.#onDrained(),
      failed: (error, isTriedAgain) => (isTriedAgain ? this.#onFull(error) : this.#onGone(error)),
    });
  }

  write(batch: readonly StampedEvent[]): void | Promise<void> {
    if (this.#state === 'off') return;
    let text = '';
    for (const event of batch) text += `${this.#lineOf(event)}\n`;
    if (this.#output.write(text)) return;
    return new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  async close(): Promise<void> {
    if (this.#state === 'off') return;
    await Promise.race([
      this.#output.end(),
      new Promise<void>((resolve) => {
        this.#release = resolve;
      }),
    ]);
  }

  #onDrained(): void {
    if (this.#state === 'full') this.#state = 'open';
    this.#release();
  }

  #onFull({ code }: NodeJS.ErrnoException): void {
    if (this.#state === 'full') return;
    this.#state = 'full';
    this.#log.error(
      { code: 'sink_failed', sink: this.name, reason: code },
      'no room on standard output: trying again until there is',
    );
  }

  #onGone({ code }: NodeJS.ErrnoException): void {
    if (this.#state === 'off') return;
    this.#state = 'off';
    this.#log.warn(
      { code: 'sink_failed', sink: this.name, reason: code },
      'standard output is closed: no more events are written to it',
    );
    this.#output.destroy();
    this.#release();
  }
}

function doNothing(): void {}
