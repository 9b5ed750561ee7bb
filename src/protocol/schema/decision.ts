/** A policy's decision and its reason: for the decision log, the counters, and the login memory. */
import * as z from 'zod';

/** Grants of a login that are kept for later; never a secret. */
export interface Grant {
  /** Named facts for use in rules. */
  readonly tags: Readonly<Record<string, string>>;
  /** Rules for this client only, as returned by `parseGrants`. */
  readonly rules?: readonly unknown[] | undefined;
  /** Expiry of the grant, in milliseconds since 1970. */
  readonly expiresAt?: number | undefined;
}

/** Of logins and topics; of messages. */
export const verdicts = ['allow', 'deny', 'ignore', 'pass', 'drop', 'rewrite'] as const;

export const Decision = z.object({
  verdict: z.enum(verdicts),
  /**
   * The method or rule that decided, or the rules that changed a message. If none did: `otherwise`, `limiter`, `grants`,
   * `prefix` or `onError`.
   */
  by: z.string(),
  /** For people. Names the cause, never a value that could be secret. */
  reason: z.string(),
  /** The verdict was not sent to the broker. */
  isShadow: z.boolean(),
  /** Values not allowed in a topic filter: the variable and the reason, never the value. */
  notes: z
    .array(z.object({ variable: z.string(), reason: z.string() }))
    .readonly()
    .optional(),
  /** The message rules that applied, in order. */
  rules: z.array(z.string()).readonly().optional(),
  /** A rule could not be applied: its `onError` decided. */
  isFailure: z.boolean().optional(),
  /** A login method failed and was skipped: a denial says nothing about the client. */
  isUndecided: z.boolean().optional(),
  /** Conditions (`when`) that failed: their rules did not match. */
  conditions: z
    .array(z.object({ rule: z.string(), reason: z.string() }))
    .readonly()
    .optional(),
  /** Set for an admitted login. */
  grant: z.custom<Grant>((value) => typeof value === 'object' && value !== null).optional(),
});

export type Decision = z.output<typeof Decision>;
