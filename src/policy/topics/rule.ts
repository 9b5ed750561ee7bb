/**
 * A rule of the authorization policy: plain data, as it stands in a configuration file.
 *
 * ```yaml
 * - allow: subscribe
 *   topics: ["fleet/${username}/#"]
 * - deny: all
 *   who: { tag: quarantined }     # no topics: every topic
 * ```
 */

/** What a client asks for. */
export type Action = 'publish' | 'subscribe';

/** What a rule is about. */
export type RuleAction = Action | 'all';

export type Verdict = 'allow' | 'deny';

export type OneOrMore<T> = T | readonly T[];

/**
 * A condition on a name: exactly this text; a glob (`*` any text, `?` one character); a linear-time regular
 * expression; or whether there is a name at all. Only `{ present: false }` holds for a client without one.
 */
export type TextCondition =
  | string
  | { readonly is: string }
  | { readonly like: string }
  | { readonly regex: string }
  | { readonly present: boolean };

/** A tag that the client has, or tags whose values meet conditions: all of those in one object. */
export type TagCondition = string | { readonly [name: string]: OneOrMore<TextCondition> };

/** Conditions on the client. All that are given must hold; in a list, one is enough. */
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
 * A topic filter, with placeholders; or `{ eq }`, a literal text in which `+` and `#` stand for themselves.
 *
 * `{ eq: "a/#" }` is hit by the subscription to exactly `a/#` and by nothing else: not by one to `a/b`, and by
 * no publish, since no topic name holds a wildcard. `{ eq: "a/b" }` is hit by a publish or subscription to `a/b`,
 * not by a subscription to `a/+`. Placeholders are filled in as everywhere.
 */
export type TopicCondition = string | { readonly eq: string };

/** A client chooses its client id, and often its user name: what it may write there, it may write into topics. */
export interface PlaceholderOptions {
  /** Whether a value may hold `/` and so stand for several levels. Default: false. */
  readonly slash?: boolean | undefined;
}

/** Exactly one of `allow` and `deny` is given. */
export interface Rule {
  /** What decision logs and `exhook explain` call it. */
  readonly name?: string | undefined;
  readonly allow?: RuleAction | undefined;
  readonly deny?: RuleAction | undefined;
  /** Nobody in particular: every client. */
  readonly who?: Who | undefined;
  /** None given: every topic, those that begin with `$` included. */
  readonly topics?: OneOrMore<TopicCondition> | undefined;
  /** What the values of placeholders in `topics` may hold. */
  readonly placeholders?: PlaceholderOptions | undefined;
  /** A condition in CEL, asked when all else is met. */
  readonly when?: string | undefined;
}

/** One or more as a list. */
export function listOf<T>(value: OneOrMore<T>): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}

/** The verdict a rule gives when it is hit. */
export function verdictOf(rule: Rule): Verdict {
  return rule.allow === undefined ? 'deny' : 'allow';
}

/** Is the rule about this action? */
export function concerns(rule: Rule, action: Action): boolean {
  const about = rule.allow ?? rule.deny;
  return about === 'all' || about === action;
}

/** How messages call a rule: by its name, or by its place in the list, counted from 1. */
export function labelOf(rule: Rule, index: number): string {
  return rule.name ?? `rule ${index + 1}`;
}
