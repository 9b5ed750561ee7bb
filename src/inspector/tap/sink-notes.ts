/** What was noticed of one sink: its last error, and what it rejected last. */
import { clip } from '../../lib/clip.ts';
import { describeError } from '../../log/format/error-fields.ts';
import { scrub } from '../../log/format/scrub.ts';

/** The newest rejected events that are kept. */
const MAX_REJECTED = 20;

export class SinkNotes {
  lastError: { readonly at: number; readonly message: string } | undefined;
  lastDelivered: number | undefined;
  /** Whether the last batch failed. */
  isRetrying = false;
  readonly rejections: { readonly at: number; readonly id: string; readonly reason: string }[] = [];
  readonly #now: () => number;

  /** @param now as `performance.now()`. */
  constructor(now: () => number) {
    this.#now = now;
  }

  delivered(): void {
    this.lastDelivered = this.#now();
    this.isRetrying = false;
  }

  failed(error: unknown): void {
    this.isRetrying = true;
    const { type, message, code } = describeError(error);
    const text = [code, message ?? type].filter((part) => part !== undefined && part !== '').join(': ');
    this.lastError = { at: this.#now(), message: this.shown(text) };
  }

  rejected(id: string, reason: string): void {
    if (this.rejections.length === MAX_REJECTED) this.rejections.shift();
    this.rejections.push({ at: this.#now(), id: clip(id), reason: this.shown(reason) });
  }

  /** Texts of libraries may quote an address with a password in it. */
  shown(text: string): string {
    return clip(scrub(text), 512);
  }
}
