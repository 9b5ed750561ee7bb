/** A span that has begun. Its methods never throw. */
import { type Attributes, type Context, type Span, SpanStatusCode } from '@opentelemetry/api';
import { names } from './names.ts';
import type { Complain } from './spans.ts';
import { formatTraceParent } from './trace-parent.ts';

export class RunningSpan {
  /** The context in which its children are created. */
  readonly context: Context;
  /** Whether what is set will be exported. */
  readonly isRecording: boolean;
  /** The `traceparent` for events; nothing unless the span is sampled. */
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

  /** @param code of the failure: the error itself may hold secrets. */
  fail(code: string): void {
    this.#safely(() => {
      this.#span.setAttribute(names.errorType, code);
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message: code });
    });
  }

  /** Only the first call has an effect. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#safely(() => this.#span.end());
  }

  /**
   * Ends it as failed once its call has stopped waiting for the work, which may never end.
   *
   * @returns a function that cancels this.
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
