/** One request and its answer, as undici reports them. */
import type { Dispatcher } from 'undici';
import type { HttpError } from './http-error.ts';

export interface HttpAnswer {
  readonly status: number;
  /** Returns the first header of this name, in lower case; '' when there is none. */
  header(name: string): string;
  readonly body: Buffer;
  /** Whether the body exceeded the limit: then it is empty, and the connection has been closed. */
  readonly isTooLarge: boolean;
}

export interface ExchangeOptions {
  readonly signal: AbortSignal;
  /** Most bytes of the answer's body. */
  readonly maxBytes: number;
  readonly toHttpError: (error: Error, hasBegun: boolean) => HttpError;
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: HttpError) => void;
}

type Controller = Dispatcher.DispatchController;
type Headers = Readonly<Record<string, string | string[] | undefined>>;

export class Exchange implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  readonly #giveUp: () => void;
  readonly #chunks: Buffer[] = [];
  #controller: Controller | undefined;
  #hasBegun = false;
  #size = 0;
  #status = 0;
  #headers: Headers = {};

  constructor(options: ExchangeOptions) {
    this.#options = options;
    // undici cannot cancel it while it waits for a connection: it is ended when its turn comes.
    this.#giveUp = () => {
      this.#controller?.abort(aborted);
      this.onResponseError(undefined, aborted);
    };
    options.signal.addEventListener('abort', this.#giveUp, { once: true });
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#options.signal.aborted) controller.abort(aborted);
  }

  /** The first byte of an answer has arrived. */
  onResponseStarted(): void {
    this.#hasBegun = true;
  }

  /** Also called for informational answers, which are skipped. */
  onResponseStart(_: Controller, status: number, headers: Headers): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size <= this.#options.maxBytes) this.#chunks.push(chunk);
    else {
      this.#answer(Buffer.alloc(0), true);
      controller.abort(aborted);
    }
  }

  onResponseEnd(): void {
    this.#answer(Buffer.concat(this.#chunks), false);
  }

  onResponseError(_: Controller | undefined, error: Error): void {
    this.#forget();
    this.#options.reject(this.#options.toHttpError(error, this.#hasBegun));
  }

  #answer(body: Buffer, isTooLarge: boolean): void {
    this.#forget();
    const headers = this.#headers;
    const header = (name: string): string => {
      const value = headers[name];
      return (typeof value === 'object' ? value[0] : value) ?? '';
    };
    this.#options.resolve({ status: this.#status, header, body, isTooLarge });
  }

  #forget(): void {
    this.#options.signal.removeEventListener('abort', this.#giveUp);
  }
}

/** Shared: the message is made elsewhere. */
const aborted = Object.assign(new Error('aborted'), { code: 'ABORT_ERR' });
