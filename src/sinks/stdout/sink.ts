/** Writes events to standard output: CloudEvents, one JSON object per line, or readable lines for a terminal. */
import { isatty } from 'node:tty';
import { lingering } from '../../lib/lingering-output.ts';
import { type Output, type OutputHandlers, openOutput } from '../../lib/output.ts';
import { printableJson } from '../../lib/printable.ts';
import type { Logger } from '../../log/log.ts';
import type { StampedEvent } from '../../protocol/schema/event.ts';
import { toCloudEvent, writeCloudEvent } from '../cloudevents/cloud-event.ts';
import { JsonText } from '../cloudevents/json-text.ts';
import { formatEvent } from '../cloudevents/pretty.ts';
import type { Delivery } from '../delivery.ts';
import type { Sink } from '../sink.ts';

export interface StdoutOptions {
  /** Default: stdout. */
  readonly name?: string;
  /** `auto` is pretty on a terminal and JSON elsewhere. */
  readonly format: 'auto' | 'json' | 'pretty' | 'off';
  readonly log: Pick<Logger, 'warn' | 'error'>;
  /** Default: 1. */
  readonly fd?: number;
  /** Default: whether the file descriptor is one. */
  readonly isTerminal?: boolean;
  /** Default: on a terminal, unless NO_COLOR is set. */
  readonly colours?: boolean;
  /** Whether events wait in the queue or spool once standard output is closed. Default: false, they are discarded. */
  readonly isKept?: boolean;
}

/** Returns the sink; undefined if the format is `off`. */
export function createStdoutSink(options: StdoutOptions): Sink | undefined {
  const { name = 'stdout', format, fd = 1, isTerminal = isatty(fd) } = options;
  if (format === 'off') return undefined;
  const { colours = isTerminal && !process.env.NO_COLOR } = options;
  const isPretty = format === 'pretty' || (format === 'auto' && isTerminal);
  const encode = isPretty
    ? linesOf((event) => formatEvent(event, colours))
    : isTerminal
      ? linesOf((event) => printableJson(toCloudEvent(event)))
      : encodeLines;
  // A reader on a terminal sees each event as it comes.
  const open = isPretty || isTerminal ? openOutput : openLingering;
  return new StdoutSink(name, (handlers) => open(fd, handlers), encode, options);
}

type OpenOutput = (handlers: OutputHandlers) => Output;

function openLingering(fd: number, handlers: OutputHandlers): Output {
  return lingering((own) => openOutput(fd, own), handlers);
}

type EncodeBatch = (batch: readonly Delivery[]) => string | Buffer;

function linesOf(lineOf: (event: StampedEvent) => string): EncodeBatch {
  return (batch) => {
    let text = '';
    for (const delivery of batch) {
      const { event } = delivery;
      text += `${event === undefined ? lineOfBody(delivery) : lineOf(event)}\n`;
    }
    return text;
  };
}

/** CloudEvents, a line each, as bytes. */
function encodeLines(batch: readonly Delivery[]): Buffer {
  const lines = new JsonText();
  for (const delivery of batch) {
    const { event } = delivery;
    if (event === undefined) lines.json(lineOfBody(delivery));
    else writeCloudEvent(lines, event);
    lines.raw('\n');
  }
  return lines.take();
}

/** For a delivery from the spool, which no longer has the event. */
function lineOfBody({ format, contentType, attributes, body }: Delivery): string {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (format === 'structured') return bytes.toString();
  return JSON.stringify({
    ...attributes,
    datacontenttype: contentType,
    data_base64: bytes.toString('base64'),
  });
}

/**
 * Waits for the reader after every batch that is not written at once: meanwhile events wait in the bounded queue in
 * front of this sink.
 */
class StdoutSink implements Sink {
  readonly name: string;
  readonly #output: Output;
  readonly #encode: EncodeBatch;
  readonly #log: StdoutOptions['log'];
  readonly #isKept: boolean;
  #state: 'open' | 'full' | 'off' = 'open';
  #settle: (error?: Error) => void = doNothing;

  constructor(name: string, open: OpenOutput, encode: EncodeBatch, options: StdoutOptions) {
    this.name = name;
    this.#encode = encode;
    this.#log = options.log;
    this.#isKept = options.isKept ?? false;
    this.#output = open({
      drained: () => this.#onDrained(),
      failed: (error, isTriedAgain) => (isTriedAgain ? this.#onFull(error) : this.#onGone(error)),
    });
  }

  write(batch: readonly Delivery[]): void | Promise<void> {
    if (this.#state === 'off') return this.#discard();
    if (this.#output.write(this.#encode(batch))) return;
    // A closed terminal is noticed only by writing to it.
    if (this.#isOff()) return this.#discard();
    return new Promise((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error));
    });
  }

  async close(): Promise<void> {
    if (this.#state === 'off') return;
    await Promise.race([
      this.#output.end(),
      new Promise<void>((resolve) => {
        this.#settle = () => resolve();
      }),
    ]);
  }

  /** @throws if events are kept: they are retried, and never count as delivered. */
  #discard(): void {
    if (this.#isKept) throw closed();
  }

  #isOff(): boolean {
    return this.#state === 'off';
  }

  #onDrained(): void {
    if (this.#state === 'full') this.#state = 'open';
    this.#settle();
  }

  #onFull({ code }: NodeJS.ErrnoException): void {
    if (this.#state === 'full') return;
    this.#state = 'full';
    this.#log.error(
      { code: 'sink_failed', sink: this.name, reason: code },
      'standard output is full: retrying until there is room',
    );
  }

  #onGone({ code }: NodeJS.ErrnoException): void {
    if (this.#state === 'off') return;
    this.#state = 'off';
    this.#log.warn(
      { code: 'sink_failed', sink: this.name, reason: code },
      this.#isKept
        ? 'standard output is closed: its events are kept as its queue or spool says'
        : 'standard output is closed: no more events are written to it',
    );
    this.#output.destroy();
    this.#settle(this.#isKept ? closed() : undefined);
  }
}

function closed(): Error {
  return new Error('standard output is closed: nobody reads it');
}

function doNothing(): void {}
