import { frameSizeError } from './error-code.ts';

/** The bytes of padding at the end of a frame, by the field that announces them. [RFC 9113, section 6.1] */
export function readPadding(bytes: Uint8Array, at: number, next: number): number {
  if (at >= next) frameSizeError('a padded frame is too short');
  return bytes[at] as number;
}
