/** How a payload can be wrong. */
export type CodecReason =
  | 'malformed'
  | 'too_large'
  | 'too_deep'
  | 'too_many_items'
  | 'unsupported'
  | 'schema';

/**
 * A payload that is malformed, too large or too deep. The message is for people and begins with a verb whose subject
 * is the payload: "is not valid UTF-8". It never contains the payload's content.
 */
export class CodecError extends Error {
  override readonly name = 'CodecError';
  readonly reason: CodecReason;

  constructor(reason: CodecReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

export const malformed = (message: string) => new CodecError('malformed', message);
export const unsupported = (message: string) => new CodecError('unsupported', message);
