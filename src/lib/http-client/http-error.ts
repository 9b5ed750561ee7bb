/** A failed exchange. Has no cause: errors of the client may contain what was sent or received. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  /**
   * Code of the system, of TLS or of the parser: `ECONNREFUSED`, `UNABLE_TO_VERIFY_LEAF_SIGNATURE`,
   * `HPE_INVALID_CONSTANT`.
   */
  readonly code: string;
  /** Whether the peer closed a reused connection before it began to answer. */
  readonly wasStale: boolean;

  constructor(code: string, wasStale = false) {
    super(`the HTTP exchange failed: ${code}`);
    this.code = code;
    this.wasStale = wasStale;
  }
}

/** Maps undici's own codes to Node's: texts do not depend on the library. */
const nodeCodes: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_HEADERS_OVERFLOW: 'HPE_HEADER_OVERFLOW',
  UND_ERR_INVALID_ARG: 'ERR_INVALID_CHAR',
  UND_ERR_SOCKET: 'ECONNRESET',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'ECONNRESET',
  UND_ERR_DESTROYED: 'ECONNRESET',
  UND_ERR_CLOSED: 'ECONNRESET',
  UND_ERR_ABORTED: 'ECONNRESET',
};

/** Returns the code of an error of undici, Node or the system. */
export function codeOfHttpError(error: unknown): string {
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
  if (typeof code === 'string') return nodeCodes[code] ?? code;
  // undici looks the code up in a table that lacks some.
  return name === 'HTTPParserError' ? 'HPE_INVALID' : 'error';
}
