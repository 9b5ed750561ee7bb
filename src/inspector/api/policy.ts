/** The policies in force, and drafts: check, compare, explain. */
import type { Why } from './why.ts';

export interface ConfigInForce {
  /** All of it, with defaults, without secrets. */
  readonly config: unknown;
  readonly revision?: string | undefined;
  /** Path of the file; absent without one. */
  readonly file?: string | undefined;
  /** The sections that a candidate may hold, as YAML. `***` stands for a secret, and means it where it stood. */
  readonly policy: string;
  /** Hand it to `/api/save`. */
  readonly tag: string;
}

export interface CheckRequest {
  /** authenticate, authorize, publish and decisions only. */
  readonly yaml: string;
}

export interface Checked {
  /** Empty: it could go live. */
  readonly problems: readonly PolicyProblem[];
  readonly warnings: readonly string[];
}

export interface PolicyProblem {
  readonly message: string;
  /** Path in the configuration, such as `authorize.rules[0].topics`; empty when there is none. */
  readonly path: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

export interface CompareRequest {
  readonly yaml: string;
  /** The last calls of the ring. Default: all that is kept. */
  readonly calls?: number;
  /** A recording instead; dev only. */
  readonly recording?: string;
  /** Most calls of each group. Default: 20. */
  readonly limit?: number;
}

export interface Compared {
  readonly total: number;
  readonly same: number;
  readonly changed: number;
  /** Calls that depend on what is not kept, such as a password. */
  readonly untold: number;
  /** `23 of 411 calls would end otherwise`. */
  readonly sentence: string;
  readonly registrations: readonly {
    readonly hook: string;
    readonly before: readonly string[] | null;
    readonly after: readonly string[] | null;
  }[];
  /** Calls that would end otherwise, grouped by what decides; those with the most calls first. */
  readonly groups: readonly CompareGroup[];
  readonly untoldGroups: readonly CompareGroup[];
}

export interface CompareGroup {
  readonly hook: string;
  readonly before: CompareSide;
  readonly after: CompareSide;
  readonly count: number;
  readonly clients: readonly string[];
  readonly topics: readonly string[];
  readonly calls: readonly {
    /** Absent for calls of a recording. */
    readonly seq?: number | undefined;
    /** Line of the recording. */
    readonly line?: number | undefined;
    readonly clientid: string;
    readonly action: string;
    readonly topic?: string | undefined;
    /** Both whys, of the first few calls. */
    readonly before?: Why | undefined;
    readonly after?: Why | undefined;
  }[];
}

export interface CompareSide {
  /** allow, deny, ignore, unchanged, dropped, disconnected, rewritten, not asked, failed, untold. */
  readonly kind: string;
  readonly by?: string | undefined;
  /** Of `untold`: what is missing. */
  readonly needs?: string | undefined;
}

/** A recorded call, or a question: what would this policy say? */
export interface ExplainRequest {
  /** Default: the policies in force. */
  readonly yaml?: string;
  readonly seq?: number;
  readonly client?: {
    readonly clientid?: string;
    readonly username?: string;
    readonly peerhost?: string;
    readonly cn?: string;
    readonly dn?: string;
    readonly tags?: Readonly<Record<string, string>>;
  };
  readonly publish?: string;
  readonly subscribe?: string;
  /** Release of the broker. */
  readonly emqx?: string;
  /** With `publish`: explains the message and not the right to publish. */
  readonly message?: { readonly qos?: number; readonly payloadBase64?: string };
}
