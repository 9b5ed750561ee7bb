/** A span that has begun. Its methods never throw. */
import { type Attributes, type Context, type Span, SpanStatusCode } from '@opentelemetry/api';
import { names } from './names.ts';
import type { Complain } from './spans.ts';
import { formatTraceParent } from './trace-parent.ts';

export class RunningSpan {
  /** In which its children are made. */
  readonly context: Context;
  /** Whether anybody will see what is set. */
  readonly isRecording: boolean;
  /** For events; nothing unless the span is sampled. */
  readonly traceParent: string | undefined;
  readonly #span: Span;
  readonly #complain: Complain;
  #hasEnded = false;

  /** @throws what the SDK throws. */
  constructor(span: Span, context: Context, complain: Complain) {
    this.context = context;
    this.isRecording = span.isRecording();
    this.traceParent = formatTraceParent(span.spanContext());
    this.#span = span;
    this.#complain = complain;
  }

  set(attributes: Attributes): void {
    this.#safely(() => this.#span.setAttributes(attributes));
  }

  /** @param code of a failure: what was thrown may hold what nobody should see. */
  fail(code: string): void {
    this.#safely(() => {
      this.#span.setAttribute(names.errorType, code);
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message: code });
    });
  }

  /** The first time counts. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#safely(() => this.#span.end());
  }

  /**
   * Ends it as failed when nobody waits for its work any more, which may never come to an end.
   *
   * @returns stops that.
   */
  endOnAbort(signal: AbortSignal, code: string): () => void {
    const abort = (): void => {
      this.fail(code);
      this.end();
    };
    signal.addEventListener('abort', abort, { once: true });
    return () => signal.removeEventListener('abort', abort);
  }

  #safely(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#complain(error);
    }
  }
}
