/** A problem between a broker and this server, or something worth knowing, with its remedy. */
import type { ListDifference } from '../policy/hook-lists.ts';
import type { BrokerFacts } from './broker-facts.ts';
import type { OwnFacts } from './own-facts.ts';

export interface Finding {
  /** Stable id, for scripts and docs/doctor.md. */
  readonly id: string;
  /**
   * `error`: something does not work, or a check that you rely on is missing. `warning`: it will fail some day. `note`:
   * for your information.
   */
  readonly severity: 'error' | 'warning' | 'note';
  readonly what: string;
  readonly why: string;
  /** Empty if there is nothing to do. */
  readonly fix: string;
}

/** All facts that the checks use. */
export interface Facts {
  readonly broker: BrokerFacts;
  /** From this server's configuration. Unset if none was given. */
  readonly own: OwnFacts | undefined;
  /** Nodes that have called this server within the last minute, from its own records. Empty if it was not asked. */
  readonly callers?: ReadonlySet<string> | undefined;
  /** Nodes whose calls show that their list of hooks differs, and the difference, from this server's own records. */
  readonly outdated?: ReadonlyMap<string, ListDifference> | undefined;
}

export type Check = (facts: Facts) => readonly Finding[];

/** What could not be read, and why. The checks that need it are skipped. */
export interface Unknown {
  readonly unknown: string;
}

/** Returns the fact, or undefined if it could not be read. */
export function known<Fact extends object>(fact: Fact | Unknown): Fact | undefined {
  return 'unknown' in fact ? undefined : fact;
}
