/** What the inspector may ask of the server that it shows. */
import type { Config } from '../config/schema.ts';
import type { Inspector } from '../config/sections/inspector.ts';
import type { AnyHook } from '../core/hook.ts';
import type { Lookup, Runtime } from '../core/runtime.ts';
import type { SinkStats } from '../events/outbox-stats.ts';
import type { Environment } from '../lib/secret.ts';
import type { Logger } from '../log/log.ts';
import type { NodeCalls } from '../lookup/brokers/node-calls.ts';
import type { OpenPolicy } from '../lookup/open-policy.ts';
import type { InspectorDev } from './open.ts';
import type { ConfigSource } from './policy/source.ts';
import type { Tap } from './tap/tap.ts';

/** Of the server runtime. */
export interface LiveView {
  readonly config: Config;
  readonly policy: OpenPolicy | undefined;
  readonly nodes: readonly NodeCalls[];
  current(): Runtime;
}

export interface InspectorWorld {
  readonly section: Inspector;
  readonly tap: Tap;
  readonly live: LiveView;
  readonly outbox: { readonly sinks: readonly SinkStats[] };
  /** Calls that wait for a look-up. */
  readonly load: { readonly deciding: number };
  /** Hooks and look-ups of the user's own. */
  readonly custom: {
    readonly hooks: readonly AnyHook[];
    readonly lookups: Readonly<Record<string, Lookup>>;
  };
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Where secrets may be. */
  readonly env: Environment;
  /** The configuration file in force; nothing when flags and variables say it all. */
  readonly source: () => ConfigSource | undefined;
  /** The port that brokers call, such as `http://127.0.0.1:9000`; nothing before it is open. */
  readonly listen: () => string | undefined;
  /** Of `exhook dev`; absent in production. */
  readonly dev?: InspectorDev | undefined;
}
