/** The configuration that a hook may consult: plain data and pure functions, with one exception. */
import type { Grant } from '../protocol/schema/decision.ts';
import type { HookSpec } from '../protocol/schema/replies.ts';
import type { Credentials } from '../protocol/schema/vocabulary.ts';
import type { IngressSupport } from './ingress.ts';
import type { Tags } from './login/tags.ts';
import type { PublishPolicy } from './messages/decide.ts';
import type { Authorize } from './topics/authorize.ts';

export interface Policy {
  /** The hooks that brokers should call. */
  readonly hooks: readonly HookSpec[];
  /** The list depends on the calling node: the question `provider/hooks` answers it. */
  readonly areHooksPerNode?: boolean | undefined;
  /** Which brokers should call message.ingress. Default: `auto`, by release. */
  readonly ingress?: IngressSupport | undefined;
  /** Identifies the state of the policies in every decision record. */
  readonly revision?: string | undefined;
  /** Absent: logins are not decided here. */
  readonly authenticate?: AuthenticatePolicy | undefined;
  /** Absent: topics are not decided here. */
  readonly authorize?: AuthorizePolicy | undefined;
  /** Absent: messages pass unchanged. */
  readonly publish?: PublishPolicy | undefined;
}

/** The decision on a request; `ignore` leaves it to the broker. */
export type PolicyVerdict = 'allow' | 'deny' | 'ignore';

/** `shadow`: decide, log and count, but leave the broker's result unchanged. */
export type Mode = 'enforce' | 'shadow';

/** The answer of a method about a client. */
export type MethodAnswer =
  | { readonly result: 'allow'; readonly grant?: Grant | undefined }
  | { readonly result: 'deny'; readonly reason: string }
  /** The method does not know the client: the next one is asked. */
  | {
      readonly result: 'unknown';
      readonly reason?: string | undefined;
      /** The method failed. It is skipped; the result is not cached and does not count as a failed login. */
      readonly isBroken?: true;
    };

/** A client as seen by methods. The password is `''` if only the names are known. */
export type Login = Pick<
  Credentials,
  'username' | 'clientid' | 'password' | 'peerhost' | 'cn' | 'dn' | 'protocol' | 'mountpoint'
>;

/** One way to authenticate a client. */
export interface Method {
  readonly name: string;
  /** Answers at once. Without it, the method is a look-up with a question of kind `authenticate/NAME`. */
  readonly judge?: ((client: Login) => MethodAnswer) | undefined;
}

export interface AuthenticatePolicy {
  readonly methods: readonly Method[];
  /** Ask the limiter first, with a question of kind `authenticate/limiter`. */
  readonly isLimited: boolean;
  readonly otherwise: PolicyVerdict;
  readonly mode: Mode;
  /**
   * Names of methods, or `otherwise`. The grant of a client that one of them admits is stored for other instances before
   * the login is answered, because the next call may reach another instance. Its question has the kind
   * `authorize/keep-grant`.
   */
  readonly keptBefore?: ReadonlySet<string> | undefined;
}

/** The compiled grants that a client received at login. */
export interface Granted {
  readonly tags: Tags;
  /** The client's own rules. */
  readonly judge?: Authorize | undefined;
  /** The grant has expired: nothing is allowed until the next login. */
  readonly isExpired: boolean;
}

/** The names of a connected client. */
export type Known = Omit<Login, 'password' | 'protocol' | 'mountpoint'> & { readonly node: string };

export interface AuthorizePolicy {
  /** The rules, followed by the sources. */
  readonly judge: Authorize;
  /** Whether the client's own grants come before or after the rules. */
  readonly grantsOrder: 'first' | 'last';
  readonly otherwise: PolicyVerdict;
  readonly mode: Mode;
  /**
   * Returns the client's grants from login; `undefined` if unknown.
   *
   * The one exception to "plain data and pure functions": it reads the login memory and a clock of the runtime, so that a
   * topic check never waits.
   */
  readonly grantsOf?: ((client: Known) => Granted | undefined) | undefined;
  /** A user name may be a token with grants that are not in memory: ask the question for grants. */
  readonly hasUsernameTokens?: boolean | undefined;
  /** Other instances answer logins too: a client may have grants that are not in memory. */
  readonly areGrantsShared?: boolean | undefined;
}
