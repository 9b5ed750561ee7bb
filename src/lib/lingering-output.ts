/**
 * Buffers text for a moment to combine many short writes into one: each write is a system call, and for a
 * file a job for another thread.
 */
import type { Output, OutputHandlers } from './output.ts';

/** Milliseconds. */
const LINGER = 2;
/** Bytes that are written without waiting. */
const ENOUGH = 16 * 1024;

/** @param open opens the underlying output. */
export function lingering(open: (handlers: OutputHandlers) => Output, handlers: OutputHandlers): Output {
  let held: Buffer[] = [];
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  let isFull = false;
  const output = open({
    drained() {
      isFull = false;
      handlers.drained();
    },
    failed: handlers.failed,
  });

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (size === 0) return;
    const bytes = Buffer.concat(held, size);
    held = [];
    size = 0;
    if (!output.write(bytes)) isFull = true;
  }

  return {
    write(text) {
      const bytes = typeof text === 'string' ? Buffer.from(text) : text;
      held.push(bytes);
      size += bytes.length;
      if (size >= ENOUGH) flush();
      else timer ??= setTimeout(flush, LINGER);
      return !isFull;
    },
    get buffered() {
      return size + output.buffered;
    },
    end() {
      flush();
      return output.end();
    },
    destroy() {
      clearTimeout(timer);
      output.destroy();
    },
  };
}
