/** What is wrong between a broker and this server, or worth knowing, and what to do about it. */
import type { ListDifference } from '../policy/hook-lists.ts';
import type { BrokerFacts } from './broker-facts.ts';
import type { OwnFacts } from './own-facts.ts';

export interface Finding {
  /** Stable, for scripts and for docs/doctor.md. */
  readonly id: string;
  /**
   * `error`: something does not work, or a check is missing that somebody counts on. `warning`: it will go wrong
   * one day. `note`: so it is.
   */
  readonly severity: 'error' | 'warning' | 'note';
  readonly what: string;
  readonly why: string;
  /** Empty where there is nothing to do. */
  readonly fix: string;
}

/** All that the checks look at. */
export interface Facts {
  readonly broker: BrokerFacts;
  /** Of this server's configuration; nothing when none was given. */
  readonly own: OwnFacts | undefined;
  /** Nodes that have called this server within the last minute, as it says itself. None when it was not asked. */
  readonly callers?: ReadonlySet<string> | undefined;
  /** Nodes whose calls tell that they hold another list of hooks, as this server says itself, and how it differs. */
  readonly outdated?: ReadonlyMap<string, ListDifference> | undefined;
}

export type Check = (facts: Facts) => readonly Finding[];

/** What could not be read, and why. The checks that need it are left out. */
export interface Unknown {
  readonly unknown: string;
}

/** The fact, or nothing where it could not be read. */
export function known<Fact extends object>(fact: Fact | Unknown): Fact | undefined {
  return 'unknown' in fact ? undefined : fact;
}
