/**
 * An authorization rule: plain data, as in a configuration file.
 *
 * ```yaml
 * - allow: subscribe
 *   topics: ["fleet/${username}/#"]
 * - deny: all
 *   who: { tag: quarantined }     # no topics: every topic
 * ```
 */

/** The action that a client requests. */
export type Action = 'publish' | 'subscribe';

/** The actions that a rule covers. */
export type RuleAction = Action | 'all';

export type Verdict = 'allow' | 'deny';

export type OneOrMore<T> = T | readonly T[];

/**
 * A condition on a name: an exact text; a glob (`*` any text, `?` one character); a linear-time regular expression; or
 * whether the name is present. Only `{ present: false }` holds for a client without one.
 */
export type TextCondition =
  | string
  | { readonly is: string }
  | { readonly like: string }
  | { readonly regex: string }
  | { readonly present: boolean };

/** A tag of the client, or conditions on tag values: all in one object must hold. */
export type TagCondition = string | { readonly [name: string]: OneOrMore<TextCondition> };

/** Conditions on the client. All given conditions must hold; in a list, one is enough. */
export interface Who {
  readonly username?: OneOrMore<TextCondition> | undefined;
  readonly clientid?: OneOrMore<TextCondition> | undefined;
  readonly cert_common_name?: OneOrMore<TextCondition> | undefined;
  /** IP addresses or CIDR blocks. */
  readonly address?: OneOrMore<string> | undefined;
  readonly tag?: OneOrMore<TagCondition> | undefined;
  readonly all?: readonly Who[] | undefined;
  readonly any?: readonly Who[] | undefined;
  readonly not?: Who | undefined;
}

/**
 * A topic filter with placeholders; or `{ eq }`, a literal text in which `+` and `#` are not wildcards.
 *
 * `{ eq: "a/#" }` is hit only by a subscription to exactly `a/#`: not by one to `a/b`, and not by a publish, since
 * topic names do not contain wildcards. `{ eq: "a/b" }` is hit by a publish or subscription to `a/b`, but not by a
 * subscription to `a/+`. Placeholders are substituted.
 */
export type TopicCondition = string | { readonly eq: string };

/** Options for values. A client chooses its client id, and often its user name, and so chooses parts of topics. */
export interface PlaceholderOptions {
  /** Whether a value may contain `/` and so fill several levels. Default: false. */
  readonly slash?: boolean | undefined;
}

/** Exactly one of `allow` and `deny` is given. */
export interface Rule {
  /** The name in decision logs and in `exhook explain`. */
  readonly name?: string | undefined;
  readonly allow?: RuleAction | undefined;
  readonly deny?: RuleAction | undefined;
  /** Absent: every client. */
  readonly who?: Who | undefined;
  /** Absent: every topic, including those that begin with `$`. */
  readonly topics?: OneOrMore<TopicCondition> | undefined;
  /** What values of placeholders in `topics` may contain. */
  readonly placeholders?: PlaceholderOptions | undefined;
  /** A condition in CEL, evaluated after everything else matches. */
  readonly when?: string | undefined;
}

/** Returns one or more as a list. */
export function listOf<T>(value: OneOrMore<T>): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}

/** Returns the verdict of a rule that is hit. */
export function verdictOf(rule: Rule): Verdict {
  return rule.allow === undefined ? 'deny' : 'allow';
}

/** Reports whether the rule covers this action. */
export function concerns(rule: Rule, action: Action): boolean {
  const about = rule.allow ?? rule.deny;
  return about === 'all' || about === action;
}

/** Returns the label of a rule: its name, or its position in the list, from 1. */
export function labelOf(rule: Rule, index: number): string {
  return rule.name ?? `rule ${index + 1}`;
}
