/**
 * What the log says of something that was thrown: type, code, text, stack and causes. None of its other fields, which
 * may hold anything: clients of services hang requests, headers and options on their errors.
 */

export interface ErrorFields {
  readonly type: string;
  readonly message?: string;
  /** A short name, as of Node (`ECONNREFUSED`) or of a service (`28P01`). */
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: ErrorFields;
}

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
    type: thrown.constructor.name || thrown.name,
    message: messageOf(thrown),
    ...(isCode && { code }),
    ...(thrown.stack !== undefined && { stack: thrown.stack }),
    ...(hasCause && { cause: describe(thrown.cause, depth + 1) }),
  };
}

/** Node reports an address that refused in all its forms as an error without a text. */
function messageOf({ message, errors }: Error & { readonly errors?: unknown }): string {
  if (message !== '' || !Array.isArray(errors)) return message;
  return errors.map((error) => (error instanceof Error ? error.message : typeof error)).join('; ');
}
