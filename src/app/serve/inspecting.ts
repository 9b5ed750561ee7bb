/** The inspector of a server, where it is configured: nothing of it is loaded otherwise. */

import type { Config } from '../../config/schema.ts';
import { call } from '../../core/call.ts';
import type { AnyHook } from '../../core/hook.ts';
import type { Lookup, Runtime } from '../../core/runtime.ts';
import type { EventWatch } from '../../events/event-watch.ts';
import type { OpenEvents } from '../../events/open-events.ts';
import type { InspectorDev, OpenInspector } from '../../inspector/open.ts';
import type { ConfigSource } from '../../inspector/policy/source.ts';
import type { Environment } from '../../lib/secret.ts';
import type { Logger } from '../../log/log.ts';
import type { CallFlow } from '../../transport/call-flow.ts';
import type { ListenerOptions } from '../../transport/listener.ts';
import type { ListenerState } from '../../transport/listener-state.ts';
import type { ServerRuntime } from '../runtime/server-runtime.ts';

export interface InspectedWorld {
  readonly live: ServerRuntime;
  readonly events: OpenEvents;
  readonly state: ListenerState;
  readonly hooks: readonly AnyHook[];
  readonly lookups: Readonly<Record<string, Lookup>>;
  readonly log: Logger;
  readonly env: Environment;
  readonly source: () => ConfigSource | undefined;
  readonly listen: () => string | undefined;
  readonly dev: InspectorDev | undefined;
}

/** Watches calls from the first one on; its port opens with {@link open}. */
export interface Inspecting {
  /** Stands in front of `call`. */
  readonly flow: CallFlow;
  readonly events: EventWatch;
  readonly received: NonNullable<ListenerOptions['received']>;
  watchRuntime(current: () => Runtime): () => Runtime;
  /** @throws Error that names the key of the configuration to change. */
  open(world: InspectedWorld): Promise<OpenInspector>;
}

/** @returns nothing where it is not configured. */
export async function loadInspector({ inspector }: Config): Promise<Inspecting | undefined> {
  if (inspector === undefined) return undefined;
  const [{ Tap }, { openInspector }] = await Promise.all([
    import('../../inspector/tap/tap.ts'),
    import('../../inspector/inspector.ts'),
  ]);
  const tap = new Tap(inspector);
  return {
    flow: tap.watchFlow(call),
    events: tap.events,
    received: tap.received,
    watchRuntime: (current) => tap.watchRuntime(current),
    async open({ hooks, lookups, events, state, ...world }) {
      return await openInspector({
        ...world,
        section: inspector,
        tap,
        outbox: events.outbox,
        load: state.load,
        custom: { hooks, lookups },
      });
    },
  };
}

/** All of them, in order; nothing where there is none. */
export function joinReceivers(
  ...receivers: readonly ListenerOptions['received'][]
): ListenerOptions['received'] {
  const given = receivers.filter((one) => one !== undefined);
  if (given.length < 2) return given[0];
  return (...request) => {
    for (const receive of given) receive(...request);
  };
}
