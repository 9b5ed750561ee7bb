/**
 * Text to a file descriptor in the background.
 *
 * A pipe or socket is written by the event loop: a thread that is stuck in a write to a reader that has stopped
 * keeps Node from exiting, and costs the pool that hashes passwords one of its four. For the same reason a terminal is
 * written without waiting. Files know no other way than threads; these are sonic-boom's.
 */
import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import sonic from 'sonic-boom';
import { openWithoutWaiting } from './terminal-fd.ts';
import { openTerminal } from './terminal-output.ts';

export interface Output {
  /** Takes text, or its bytes, which may not change afterwards; `false` asks to wait for `drained`. */
  write(text: string | Buffer): boolean;
  /** What was taken and is not out yet, in bytes. */
  readonly buffered: number;
  /** Resolves when all is out, or never will be. Nothing may be written afterwards. */
  end(): Promise<void>;
  /** Forgets what is not out yet. */
  destroy(): void;
}

export interface OutputHandlers {
  /** All is out. Called at least after each `write` that returned `false`. */
  drained(): void;
  /** A write failed. For want of space the text is kept and tried again, else it is lost. */
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
    // Called back after everything before it, also when that has failed.
    end: () => new Promise((resolve) => void stream.write('', () => resolve())),
    destroy: () => {},
  };
}

/** Node's own streams for 1 and 2 never close them: another file would get the number. */
function streamOf(fd: number): NodeJS.WriteStream | Socket {
  if (fd === 1) return process.stdout;
  return fd === 2 ? process.stderr : new Socket({ fd, readable: false, writable: true });
}

/** The errors that pass when somebody makes room. */
const passing = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
/** Milliseconds until a write that found no room is tried again. */
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
    // A write of nothing makes the writer go on where it stopped.
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
