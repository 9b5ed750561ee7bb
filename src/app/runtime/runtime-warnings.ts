/** What an operator is told of calls that do not do what was meant. */
import type { Config } from '../../config/schema.ts';
import type { Logger } from '../../log/log.ts';
import { listsIngress } from '../../policy/ingress.ts';
import type { HookName } from '../../protocol/schema/hook-name.ts';
import type { HookSpec } from '../../protocol/schema/replies.ts';
import type { HookInput } from '../../protocol/schema/requests.ts';

export interface RuntimeWarnings {
  /** A broker node was answered which hooks to call. */
  loaded(input: HookInput<'provider.loaded'>, answered: readonly HookSpec[], config: Config): void;
  /** A login was left to a broker of the first protocol versions. Said once. */
  loginIgnored(): void;
  /** A custom hook reports nothing where a route waits for its event. Said once a hook. */
  nothingReported(hook: HookName): void;
}

export function createRuntimeWarnings(log: Pick<Logger, 'warn'>): RuntimeWarnings {
  let hasSaidIgnored = false;
  const silent = new Set<HookName>();
  return {
    loaded({ broker, meta }, answered, { publish }) {
      if (publish?.at !== 'ingress' || listsIngress(answered)) return;
      log.warn(
        { node: meta.node, version: broker.version },
        'publish.at is ingress, and this broker node lacks message.ingress (EMQX 6.3.0 and later): its messages are judged at message.publish, after they were authorized and retained',
      );
    },
    loginIgnored() {
      if (hasSaidIgnored) return;
      hasSaidIgnored = true;
      log.warn(
        'a login was left to a broker before 5.9, which refuses it unless an authenticator of its own admits the client',
      );
    },
    nothingReported(hook) {
      if (silent.has(hook)) return;
      silent.add(hook);
      log.warn(
        `a custom hook ${hook} returned events: [], so that routes whose answers wait for an event have none to store: leave events out, and the built-in event stays`,
      );
    },
  };
}
