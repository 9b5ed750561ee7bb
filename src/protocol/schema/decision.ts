/** What a policy decided and why: for the decision log, the counters, and what is remembered of a login. */
import * as z from 'zod';

/** What a login brings along for later: never a secret. */
export interface Grant {
  /** Named facts that rules may ask for. */
  readonly tags: Readonly<Record<string, string>>;
  /** Rules of this client alone, as `parseGrants` gives them. */
  readonly rules?: readonly unknown[] | undefined;
  /** Milliseconds since 1970 after which nothing is granted any more. */
  readonly expiresAt?: number | undefined;
}

/** Of logins and topics; of messages. */
export const verdicts = ['allow', 'deny', 'ignore', 'pass', 'drop', 'rewrite'] as const;

export const Decision = z.object({
  verdict: z.enum(verdicts),
  /**
   * The method or rule that decided, or the rules that changed a message; `otherwise`, `limiter`, `grants`,
   * `prefix` or `onError` when none did.
   */
  by: z.string(),
  /** For a person; names what is to blame, never a value that could be a secret. */
  reason: z.string(),
  /** Whether the verdict was kept from the broker. */
  isShadow: z.boolean(),
  /** Values that could not stand in a topic filter: the variable and why, never the value. */
  notes: z
    .array(z.object({ variable: z.string(), reason: z.string() }))
    .readonly()
    .optional(),
  /** The message rules that applied, in order. */
  rules: z.array(z.string()).readonly().optional(),
  /** Whether a rule could not be applied, so that its `onError` decided. */
  isFailure: z.boolean().optional(),
  /** Whether a login method could not tell and was passed over, so that a denial says nothing about the client. */
  isUndecided: z.boolean().optional(),
  /** Conditions (`when`) that failed: their rules did not match. */
  conditions: z
    .array(z.object({ rule: z.string(), reason: z.string() }))
    .readonly()
    .optional(),
  /** Of a login that is admitted. */
  grant: z.custom<Grant>((value) => typeof value === 'object' && value !== null).optional(),
});

export type Decision = z.output<typeof Decision>;
