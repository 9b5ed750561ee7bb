import type { HeaderField } from './header-field.ts';

/**
 * A decoded header block. The decoder may return the same object for the same octets: callers can then cache what they
 * derive by identity.
 */
export interface HeaderBlock {
  /** In the peer's order. Empty if the list is too large. */
  readonly fields: readonly HeaderField[];
  /** Octets of all names and values plus 32 per field, as SETTINGS_MAX_HEADER_LIST_SIZE counts (RFC 9113, 6.5.2). */
  readonly size: number;
  /** Larger than the decoder's `maxListSize`. It was decoded anyway, because it may change the table. */
  readonly isTooLarge: boolean;
}
