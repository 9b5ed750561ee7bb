/**
 * Writes text to a file descriptor in the background.
 *
 * Pipes and sockets are written by the event loop: a thread stuck in a write to a stalled reader keeps Node
 * from exiting and occupies one of the four threads that hash passwords. For the same reason terminals are
 * written without waiting. Files need threads: sonic-boom's.
 */
import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import sonic from 'sonic-boom';
import { openWithoutWaiting } from './terminal-fd.ts';
import { openTerminal } from './terminal-output.ts';

export interface Output {
  /**
   * Writes text, or its bytes, which must not change afterwards; `false` asks the caller to wait for
   * `drained`.
   */
  write(text: string | Buffer): boolean;
  /** Bytes accepted but not yet written. */
  readonly buffered: number;
  /** Resolves when everything is written or lost. Write nothing afterwards. */
  end(): Promise<void>;
  /** Discards what is not yet written. */
  destroy(): void;
}

export interface OutputHandlers {
  /** Called when everything is written, at least after each `write` that returned `false`. */
  drained(): void;
  /** Called when a write failed. Without disk space the text is kept and retried, else it is lost. */
  failed(error: NodeJS.ErrnoException, isTriedAgain: boolean): void;
}

export function openOutput(fd: number, handlers: OutputHandlers): Output {
  if (isPipe(fd)) return openPipe(fd, handlers);
  const terminal = openWithoutWaiting(fd);
  return terminal === undefined ? openFile(fd, handlers) : openTerminal(terminal, handlers);
}

export function isPipe(fd: number): boolean {
  const stats = fstatSync(fd);
  return stats.isFIFO() || stats.isSocket();
}

function openPipe(fd: number, { drained, failed }: OutputHandlers): Output {
  const stream = streamOf(fd);
  stream.on('error', (error) => failed(error, false));
  stream.on('drain', drained);
  return {
    write: (text) => stream.write(text),
    get buffered() {
      return stream.writableLength;
    },
    // The callback follows everything before it, even when that has failed.
    end: () => new Promise((resolve) => void stream.write('', () => resolve())),
    destroy: () => {},
  };
}

/** Node's own streams for 1 and 2 are never closed: another file would get the descriptor. */
function streamOf(fd: number): NodeJS.WriteStream | Socket {
  if (fd === 1) return process.stdout;
  return fd === 2 ? process.stderr : new Socket({ fd, readable: false, writable: true });
}

/** Errors that end when space is freed. */
const passing = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
/** Milliseconds until a write that found no space is retried. */
const RETRY_AFTER = 1000;

const NOTHING = Buffer.alloc(0);

function openFile(fd: number, { drained, failed }: OutputHandlers): Output {
  const file = new sonic.SonicBoom({ fd, sync: false, contentMode: 'buffer' });
  // Its types know text only.
  const write = file.write.bind(file) as unknown as (bytes: Buffer) => boolean;
  let buffered = 0;
  file.on('write', (bytes: number) => {
    buffered -= bytes;
  });
  file.on('drain', drained);
  file.on('error', (error: NodeJS.ErrnoException) => {
    const isTriedAgain = passing.has(error.code ?? '');
    // An empty write makes the writer continue where it stopped.
    if (isTriedAgain) setTimeout(() => write(NOTHING), RETRY_AFTER).unref();
    failed(error, isTriedAgain);
  });
  return {
    write(text) {
      const bytes = typeof text === 'string' ? Buffer.from(text) : text;
      buffered += bytes.length;
      return write(bytes);
    },
    get buffered() {
      return buffered;
    },
    end: () =>
      new Promise((resolve) => {
        file.once('close', resolve);
        file.end();
      }),
    destroy: () => file.destroy(),
  };
}
