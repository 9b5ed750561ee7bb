/**
 * What the log says of something that was thrown: type, code, text, stack and causes. None of its other fields, which
 * may hold anything: clients of services hang requests, headers and options on their errors.
 */
import { clip } from '../../lib/clip.ts';

export interface ErrorFields {
  readonly type: string;
  readonly message?: string;
  /** A short name, as of Node (`ECONNREFUSED`) or of a service (`28P01`). */
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: ErrorFields;
}

/** Most characters of a text: libraries quote what they were given. */
const MAX_MESSAGE = 1024;
const MAX_STACK = 8192;

/** Deeper causes are left out. */
const MAX_DEPTH = 3;

/** Never throws: what is thrown may be a proxy, or have getters that throw. */
export function describeError(thrown: unknown): ErrorFields {
  try {
    return describe(thrown, 0);
  } catch {
    return { type: 'unreadable' };
  }
}

function describe(thrown: unknown, depth: number): ErrorFields {
  if (!(thrown instanceof Error)) return { type: typeof thrown };
  const { code } = thrown as { code?: unknown };
  const isCode = typeof code === 'string' || typeof code === 'number';
  const hasCause = thrown.cause !== undefined && depth < MAX_DEPTH;
  return {
    type: clip(String(thrown.constructor.name || thrown.name)),
    message: clip(messageOf(thrown), MAX_MESSAGE),
    ...(isCode && { code: typeof code === 'string' ? clip(code) : code }),
    ...(thrown.stack !== undefined && { stack: clipStack(thrown) }),
    ...(hasCause && { cause: describe(thrown.cause, depth + 1) }),
  };
}

/** The stack without most of a long text at its beginning: the frames are what matters. */
export function clipStack({ stack = '', message }: Error): string {
  const shorter =
    message.length > MAX_MESSAGE ? stack.replace(message, () => clip(message, MAX_MESSAGE)) : stack;
  return clip(shorter, MAX_STACK);
}

/** Node reports an address that refused in all its forms as an error without a text. */
function messageOf({ message, errors }: Error & { readonly errors?: unknown }): string {
  if (message !== '' || !Array.isArray(errors)) return message;
  return errors.map((error) => (error instanceof Error ? error.message : typeof error)).join('; ');
}
