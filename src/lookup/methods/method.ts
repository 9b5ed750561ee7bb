/** What a login method is once it is open, and what it needs of the world. */
import type { Admission, AdmissionRequest } from '../../lib/admission/admission.ts';
import type { Environment } from '../../lib/secret.ts';
import type { BoundName } from '../../policy/login/bound-names.ts';
import type { Login, Method, MethodAnswer } from '../../policy/policy.ts';
import type { UserFiles } from '../users/shared.ts';

/** @throws TypeError when the options cannot be used. */
export type OpenLogin<Options> = (name: string, options: Options, world: MethodWorld) => Promise<OpenedKind>;

export interface OpenedKind {
  readonly method: Method;
  /** Absent when the method can tell by itself. */
  readonly open: OpenMethod | undefined;
}

/** A method that asks somebody. */
export const asked = (name: string, open: OpenMethod): OpenedKind => ({ method: { name }, open });

/** How long somebody waits for a look-up. */
export type LookContext = Pick<AdmissionRequest, 'signal' | 'deadline'>;

/** A method that asks somebody. */
export interface OpenMethod {
  /**
   * What was begun goes on when nobody waits any more, within its own time: the next attempt may use the answer.
   *
   * @throws Failure when nobody can tell.
   */
  look(client: Login, context: LookContext): Promise<MethodAnswer>;
  /** What the method would say of a client that is connected already, from its names; users only. */
  readonly recall?: (client: Pick<Login, 'username' | 'clientid'>) => MethodAnswer;
  /** Which names the method vouches for, of some client or, when it is known who asks, of this one; users only. */
  readonly vouched?: (client?: Pick<Login, 'username' | 'clientid'>) => {
    readonly clientid: boolean;
    readonly username: boolean;
  };
  /** The names that the method vouches for of every client that it admits; users only. */
  readonly sharedNames?: () => readonly BoundName[];
  /** How many entries of claims could be no tags so far, and were passed over; tokens only. */
  readonly skippedTags?: number;
  /** Whether answers may be remembered. */
  readonly isCacheable: boolean;
  readonly warnings: readonly string[];
  close(): void;
}

/** What a policy reads again while it is in force. */
export type Renewed = 'rules' | 'users' | 'keys';

/** What methods need of the world. */
export interface MethodWorld {
  readonly env: Environment;
  readonly log: { warn(message: string): void; error(message: string): void; info(message: string): void };
  /** Wall clock, for times that others set, such as `exp`: milliseconds since 1970. */
  readonly now: () => number;
  /** For every interval: milliseconds that never go back; only differences count. */
  readonly monotonic: () => number;
  readonly random: () => number;
  /** Hashes passwords a few at a time. */
  readonly hashing: Admission;
  /** Users have changed: what was remembered may be wrong. */
  readonly onChange: () => void;
  /** Told that new rules, users or keys cannot be used, so that the old ones stay. Default: nobody is. */
  readonly refused?: (what: Renewed) => void;
  /** Outlives a reload of the configuration: a users file that stays is not read twice. Default: one of its own. */
  readonly userFiles?: UserFiles;
  /** For checks and tests: asks nobody, watches nothing. */
  readonly isDry: boolean;
}
