/** The options of a server, and the handle to a running one. */
import type { AddressInfo } from 'node:net';
import type { Config, ConfigInput } from '../../config/schema.ts';
import type { AnyHook } from '../../core/hook.ts';
import type { Lookup } from '../../core/runtime.ts';
import type { Undelivered } from '../../events/undelivered.ts';
import type { InspectorDev, OpenInspector } from '../../inspector/open.ts';
import type { ConfigSource } from '../../inspector/policy/source.ts';
import type { Logger } from '../../log/log.ts';
import type { Sink } from '../../sinks/sink.ts';
import type { LiveCounters } from '../runtime/server-runtime.ts';

export interface ServeOptions {
  /** As in the configuration file; missing keys have their defaults. */
  readonly config?: ConfigInput;
  /** Hooks that replace built-in ones of the same name. */
  readonly hooks?: readonly AnyHook[];
  /** Answers to the questions of those hooks, by kind. */
  readonly lookups?: Readonly<Record<string, Lookup>>;
  /** Where all events go, besides standard output and the configured routes. */
  readonly sinks?: readonly Sink[];
  /** Default: standard error, as `config.log` says. */
  readonly log?: Logger;
  /** Record every call received to this file, with passwords replaced. */
  readonly record?: string | undefined;
}

export interface ServeConfigOptions extends Omit<ServeOptions, 'config'> {
  /** Whether a supervisor started this process and has the admin port. */
  readonly isSupervised?: boolean;
  /** The configuration file, for the inspector. */
  readonly file?: ConfigSource | undefined;
  /** What `exhook dev` adds to the inspector that `config.inspector` opens. */
  readonly inspector?: InspectorDev | undefined;
}

/** A listening server. */
export interface Serving {
  readonly address: AddressInfo;
  /** Address of the admin pages, if configured. */
  readonly adminAddress?: AddressInfo;
  /** The inspector, if configured. */
  readonly inspector?: Pick<OpenInspector, 'address' | 'url'>;
  /** Reads the TLS files again. @returns whether there are any. */
  reloadTls(): Promise<boolean>;
  /**
   * Puts the policies and `decisions` of this configuration in force; ignores its other sections.
   *
   * @param confirm called when everything is open, before it takes effect: throws to cancel.
   * @param file the configuration file, for the inspector.
   * @throws Error with a line for each problem; nothing has changed then.
   */
  reload(config: Config, confirm?: () => Promise<void>, file?: ConfigSource): Promise<void>;
  /** Counts a configuration that was rejected before {@link reload}. */
  refused(): void;
  /** Statistics of the policies. */
  readonly counters: LiveCounters;
  /**
   * Stops in order: reports not ready, accepts no connections, answers running calls, flushes events.
   *
   * @returns whether everything was done within `drain.timeout`.
   */
  stop(): Promise<boolean>;
  /** After the stop: how many events are lost, and how many are spooled for the next start. */
  readonly left: Undelivered;
}
