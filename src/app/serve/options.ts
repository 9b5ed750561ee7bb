/** What a server is started with, and what can be done with one that runs. */
import type { AddressInfo } from 'node:net';
import type { Config, ConfigInput } from '../../config/schema.ts';
import type { AnyHook } from '../../core/hook.ts';
import type { Lookup } from '../../core/runtime.ts';
import type { Undelivered } from '../../events/undelivered.ts';
import type { Logger } from '../../log/log.ts';
import type { Sink } from '../../sinks/sink.ts';
import type { LiveCounters } from '../runtime/server-runtime.ts';

export interface ServeOptions {
  /** As in the configuration file; what is not given has its default. */
  readonly config?: ConfigInput;
  /** Hooks that replace the built-in ones of the same name. */
  readonly hooks?: readonly AnyHook[];
  /** Answers to the questions of those hooks, by kind. */
  readonly lookups?: Readonly<Record<string, Lookup>>;
  /** Where all events go besides standard output and the routes of the configuration. */
  readonly sinks?: readonly Sink[];
  /** Default: standard error, as `config.log` says. */
  readonly log?: Logger;
  /** Write every call received to this file, with passwords replaced. */
  readonly record?: string | undefined;
}

export interface ServeConfigOptions extends Omit<ServeOptions, 'config'> {
  /** Whether a supervisor started this process, and has the admin port. */
  readonly isSupervised?: boolean;
}

/** A server that listens. */
export interface Serving {
  readonly address: AddressInfo;
  /** Of the admin pages, when they are configured. */
  readonly adminAddress?: AddressInfo;
  /** Reads the TLS files again. @returns whether there are any. */
  reloadTls(): Promise<boolean>;
  /**
   * Puts the policies of this configuration in force, and its `decisions`; nothing else of it.
   *
   * @param confirm asked when all is opened, and before it is put in force: throws when it must not be.
   * @throws Error with a line for each problem; then nothing has changed.
   */
  reload(config: Config, confirm?: () => Promise<void>): Promise<void>;
  /** Counts a configuration that was too wrong to be handed to {@link reload}. */
  refused(): void;
  /** What policies did so far. */
  readonly counters: LiveCounters;
  /**
   * Stops in order: not ready, no new connections, what runs is answered, events are flushed.
   *
   * @returns whether everything was done within `drain.timeout`.
   */
  stop(): Promise<boolean>;
  /** After the stop: how many events are lost, and how many are in the spool for the next start. */
  readonly left: Undelivered;
}
