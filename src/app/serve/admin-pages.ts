/** The admin pages of a server, if configured. */
import type { Config } from '../../config/schema.ts';
import type { OpenEvents } from '../../events/open-events.ts';
import type { Environment } from '../../lib/secret.ts';
import type { Logger } from '../../log/log.ts';
import type { HookName } from '../../protocol/schema/hook-name.ts';
import type { CallWatch } from '../../telemetry/call-watch.ts';
import type { ReloadTally } from '../../telemetry/reload-tally.ts';
import type { ListenerState } from '../../transport/listener-state.ts';
import type { TlsSettings } from '../../transport/tls.ts';
import type { OpenAdmin } from '../admin/open.ts';
import type { ServerRuntime } from '../runtime/server-runtime.ts';

/**
 * Loads the admin pages only if configured, and before the port opens: later there may be no file descriptor left, and
 * Node caches a failed import forever.
 */
export async function loadCallWatch({ admin }: Config): Promise<CallWatch | undefined> {
  if (admin === undefined) return undefined;
  const [{ createCallWatch }, { loadClient }] = await Promise.all([
    import('../../telemetry/call-watch.ts'),
    import('../../telemetry/prometheus.ts'),
    import('../admin/open.ts'),
  ]);
  await loadClient();
  return createCallWatch();
}

export interface AdminPagesWorld {
  readonly config: Config;
  readonly live: ServerRuntime;
  readonly state: ListenerState;
  readonly events: OpenEvents;
  readonly log: Logger;
  readonly watch: CallWatch | undefined;
  readonly reloads: ReloadTally;
  readonly tls: TlsSettings | undefined;
  readonly env: Environment;
  /** The hooks that are not built in. */
  readonly custom: readonly HookName[];
  readonly isSupervised: boolean;
}

export async function openAdminPages(world: AdminPagesWorld): Promise<OpenAdmin | undefined> {
  const { live, watch, state, events } = world;
  const { admin } = world.config;
  if (admin === undefined || watch === undefined) return undefined;
  const { openAdmin } = await import('../admin/open.ts');
  const { outbox } = events;
  return await openAdmin({ ...world, admin, watch, outbox, listener: state, config: () => live.config });
}
