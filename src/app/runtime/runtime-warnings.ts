/** Warns operators about calls that do not do what was intended. */
import type { Config } from '../../config/schema.ts';
import type { Logger } from '../../log/log.ts';
import { listsIngress } from '../../policy/ingress.ts';
import type { HookName } from '../../protocol/schema/hook-name.ts';
import type { HookSpec } from '../../protocol/schema/replies.ts';
import type { HookInput } from '../../protocol/schema/requests.ts';

export interface RuntimeWarnings {
  /** A broker node received the list of hooks to call. */
  loaded(input: HookInput<'provider.loaded'>, answered: readonly HookSpec[], config: Config): void;
  /** A login was left to a broker of the first protocol versions. Warns once. */
  loginIgnored(): void;
  /** A custom hook reports nothing, but a route waits for its event. Warns once per hook. */
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
        'publish.at is ingress, but this broker node does not have message.ingress (EMQX 6.3.0 and later): its messages are judged at message.publish, after they were authorized and retained',
      );
    },
    loginIgnored() {
      if (hasSaidIgnored) return;
      hasSaidIgnored = true;
      log.warn(
        'a login was left to a broker before 5.9, which refuses it unless one of its own authenticators admits the client',
      );
    },
    nothingReported(hook) {
      if (silent.has(hook)) return;
      silent.add(hook);
      log.warn(
        `custom hook ${hook} returned events: [], but routes wait for an event to store before they answer: omit events to keep the built-in event`,
      );
    },
  };
}
