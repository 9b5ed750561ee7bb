/** Everything that was configured and that a hook may consult: plain data and pure functions, with one exception. */
import type { Grant } from '../protocol/schema/decision.ts';
import type { HookSpec } from '../protocol/schema/replies.ts';
import type { Credentials } from '../protocol/schema/vocabulary.ts';
import type { IngressSupport } from './ingress.ts';
import type { Tags } from './login/tags.ts';
import type { PublishPolicy } from './messages/decide.ts';
import type { Authorize } from './topics/authorize.ts';

export interface Policy {
  /** The hooks that brokers are asked to call. */
  readonly hooks: readonly HookSpec[];
  /** Whether the list depends on the node that asks: then the question `provider/hooks` has its answer. */
  readonly areHooksPerNode?: boolean | undefined;
  /** Which brokers are asked for message.ingress. Default: `auto`, by their release. */
  readonly ingress?: IngressSupport | undefined;
  /** Tells one state of the policies from another; in every decision record. */
  readonly revision?: string | undefined;
  /** Nothing: logins are not decided here. */
  readonly authenticate?: AuthenticatePolicy | undefined;
  /** Nothing: topics are not decided here. */
  readonly authorize?: AuthorizePolicy | undefined;
  /** Nothing: messages go on unchanged. */
  readonly publish?: PublishPolicy | undefined;
}

/** What is to become of a request; `ignore` leaves it to the broker. */
export type PolicyVerdict = 'allow' | 'deny' | 'ignore';

/** `shadow`: decide, log and count, and leave the broker's own result as it is. */
export type Mode = 'enforce' | 'shadow';

/** What a method says of a client. */
export type MethodAnswer =
  | { readonly result: 'allow'; readonly grant?: Grant | undefined }
  | { readonly result: 'deny'; readonly reason: string }
  /** The method does not know the client: the next one is asked. */
  | {
      readonly result: 'unknown';
      readonly reason?: string | undefined;
      /** Whether the method could not tell, which is passed over: it is not remembered, and no failed guess. */
      readonly isBroken?: true;
    };

/** A client as methods see it; the password is `''` where only its names are known. */
export type Login = Pick<
  Credentials,
  'username' | 'clientid' | 'password' | 'peerhost' | 'cn' | 'dn' | 'protocol' | 'mountpoint'
>;

/** One way of telling who a client is. */
export interface Method {
  readonly name: string;
  /** Tells at once. A method without it is looked up: its question has the kind `authenticate/NAME`. */
  readonly judge?: ((client: Login) => MethodAnswer) | undefined;
}

export interface AuthenticatePolicy {
  readonly methods: readonly Method[];
  /** Whether the limiter is asked before anything else: its question has the kind `authenticate/limiter`. */
  readonly isLimited: boolean;
  readonly otherwise: PolicyVerdict;
  readonly mode: Mode;
  /**
   * Names of methods, or `otherwise`: the grant of a client that one of them admits is kept for other instances
   * before the login is answered, since the next call may reach one of those. Its question has the kind
   * `authorize/keep-grant`.
   */
  readonly keptBefore?: ReadonlySet<string> | undefined;
}

/** What a client was granted at login, ready to be asked. */
export interface Granted {
  readonly tags: Tags;
  /** The client's own rules. */
  readonly judge?: Authorize | undefined;
  /** The time of the grant is over: nothing is allowed until the next login. */
  readonly isExpired: boolean;
}

/** The names by which a connected client is known. */
export type Known = Omit<Login, 'password' | 'protocol' | 'mountpoint'> & { readonly node: string };

export interface AuthorizePolicy {
  /** The rules and then the sources. */
  readonly judge: Authorize;
  /** Whether the client's own grants are asked before the rules or after them. */
  readonly grantsOrder: 'first' | 'last';
  readonly otherwise: PolicyVerdict;
  readonly mode: Mode;
  /**
   * What the client was granted at login; `undefined` when nothing is known of it.
   *
   * The one exception to "plain data and pure functions": it reads the memory of logins and a clock, which the
   * runtime keeps, so that a topic check waits for nothing.
   */
  readonly grantsOf?: ((client: Known) => Granted | undefined) | undefined;
  /** Whether a user name may be a token, so that it brings grants that are not in memory: then `grants` is asked. */
  readonly hasUsernameTokens?: boolean | undefined;
  /** Whether other instances answer logins too, so that a client may have grants that are not in memory. */
  readonly areGrantsShared?: boolean | undefined;
}
