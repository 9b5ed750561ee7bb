import { frameSizeError } from './error-code.ts';

/** Returns the padding at the end of a frame, in bytes. [RFC 9113, section 6.1] */
export function readPadding(bytes: Uint8Array, at: number, next: number): number {
  if (at >= next) frameSizeError('a padded frame is too short');
  return bytes[at] as number;
}
