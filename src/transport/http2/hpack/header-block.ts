import type { HeaderField } from './header-field.ts';

/**
 * A decoded header block. The decoder may return the same object for the same octets, so that callers can keep what they
 * work out of it by its identity.
 */
export interface HeaderBlock {
  /** In the order of the peer. Empty when they are too large together. */
  readonly fields: readonly HeaderField[];
  /** Octets of all names and values, and 32 a field, as SETTINGS_MAX_HEADER_LIST_SIZE counts (RFC 9113, 6.5.2). */
  readonly size: number;
  /** Larger than the decoder's `maxListSize`. It has been decoded all the same, since it may change the table. */
  readonly isTooLarge: boolean;
}
