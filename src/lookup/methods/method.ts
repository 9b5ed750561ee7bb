/** An opened login method, and what it needs from the server. */
import type { Admission, AdmissionRequest } from '../../lib/admission/admission.ts';
import type { Environment } from '../../lib/secret.ts';
import type { BoundName } from '../../policy/login/bound-names.ts';
import type { Login, Method, MethodAnswer } from '../../policy/policy.ts';
import type { UserFiles } from '../users/shared.ts';

/** @throws TypeError when the options cannot be used. */
export type OpenLogin<Options> = (name: string, options: Options, world: MethodWorld) => Promise<OpenedKind>;

export interface OpenedKind {
  readonly method: Method;
  /** Absent when the method decides without look-ups. */
  readonly open: OpenMethod | undefined;
}

/** A method with look-ups. */
export const asked = (name: string, open: OpenMethod): OpenedKind => ({ method: { name }, open });

/** How long a caller waits for a look-up. */
export type LookContext = Pick<AdmissionRequest, 'signal' | 'deadline'>;

/** A method with look-ups. */
export interface OpenMethod {
  /**
   * Looks a client up. Work that has begun continues within its own time limit when the caller gives up: the
   * next attempt may use the answer.
   *
   * @throws Failure when no answer can be found.
   */
  look(client: Login, context: LookContext): Promise<MethodAnswer>;
  /** Returns the answer for a connected client, from its names; `users` only. */
  readonly recall?: (client: Pick<Login, 'username' | 'clientid'>) => MethodAnswer;
  /** Returns the names that the method vouches for: for some client, or for this one; `users` only. */
  readonly vouched?: (client?: Pick<Login, 'username' | 'clientid'>) => {
    readonly clientid: boolean;
    readonly username: boolean;
  };
  /** Returns the names that the method vouches for with every client it admits; `users` only. */
  readonly sharedNames?: () => readonly BoundName[];
  /** Number of claim entries skipped because they could not be tags; tokens only. */
  readonly skippedTags?: number;
  /** Whether answers may be cached. */
  readonly isCacheable: boolean;
  readonly warnings: readonly string[];
  close(): void;
}

/** What a policy reloads while it is in force. */
export type Renewed = 'rules' | 'users' | 'keys';

/** What methods need from the server. */
export interface MethodWorld {
  readonly env: Environment;
  readonly log: { warn(message: string): void; error(message: string): void; info(message: string): void };
  /** Wall clock, for times that others set, such as `exp`: milliseconds since 1970. */
  readonly now: () => number;
  /** For every interval: milliseconds that never go back; only differences count. */
  readonly monotonic: () => number;
  readonly random: () => number;
  /** Hashes passwords with bounded concurrency. */
  readonly hashing: Admission;
  /** Called when users have changed: cached answers may be wrong. */
  readonly onChange: () => void;
  /**
   * Called when new rules, users or keys are rejected; the old ones stay in effect. Default: not reported.
   */
  readonly refused?: (what: Renewed) => void;
  /**
   * Outlives a reload of the configuration: an unchanged users file is not read again. Default: not shared.
   */
  readonly userFiles?: UserFiles;
  /** For checks and tests: makes no requests, watches no files. */
  readonly isDry: boolean;
}
