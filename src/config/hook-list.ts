/** Determines which hooks brokers should call, for which topics, and why. */
import { brokerFilters } from '../policy/messages/filters.ts';
import {
  type HookName,
  isRegistrable,
  type RegistrableHookName,
  registrableHookNames,
} from '../protocol/schema/hook-name.ts';
import type { Config } from './schema.ts';
import { shownHookNames } from './sections/hooks.ts';
import { isDecided, type RouteSection } from './sections/routes.ts';
import { unionOfTopics } from './topic-union.ts';

export interface RegisteredHook {
  readonly name: RegistrableHookName;
  /** Message hooks only; empty means every topic. */
  readonly topics: readonly string[];
  /** The end of a sentence: "registered because ...". */
  readonly because: string;
}

/**
 * Registers only needed hooks, because the broker waits for every call of a registered one. In the order of
 * the protocol.
 */
export function registeredHooks(
  config: Pick<Config, 'hooks' | 'events' | 'authenticate' | 'authorize'> & Partial<Pick<Config, 'publish'>>,
  customHookNames: readonly HookName[] = [],
): RegisteredHook[] {
  const found = new Map<RegistrableHookName, RegisteredHook>();
  const listed = config.hooks.register?.map(({ hook }): string => hook);
  const policies = policyHooks(config);
  for (const hook of [...wantedHooks(config), ...policies, ...customHooks(customHookNames)]) {
    const before = found.get(hook.name);
    if (before === undefined) found.set(hook.name, hook);
    // Topics in the configuration are final, except for those that a policy must judge.
    else found.set(hook.name, merge(before, hook, isFixed(hook)));
  }
  return registrableHookNames.flatMap((name) => found.get(name) ?? []);

  function isFixed(hook: RegisteredHook): boolean {
    return listed?.includes(hook.name) === true && !policies.includes(hook);
  }
}

function merge(before: RegisteredHook, hook: RegisteredHook, isListed: boolean): RegisteredHook {
  return {
    ...before,
    topics: isListed ? before.topics : unionOfTopics(before.topics, hook.topics),
    because: `${before.because}; ${hook.because}`,
  };
}

function wantedHooks({ hooks, events }: Pick<Config, 'hooks' | 'events'>): RegisteredHook[] {
  if (hooks.register !== undefined) {
    return hooks.register.map(({ hook, topics }) => ({
      name: hook,
      topics,
      because: 'hooks.register lists it',
    }));
  }
  return [...(events.stdout === 'off' ? [] : shownHooks()), ...events.routes.flatMap(routedHooks)];
}

function shownHooks(): RegisteredHook[] {
  return shownHookNames.map((name) => ({
    name,
    topics: [],
    because: 'its events go to standard output (events.stdout)',
  }));
}

/** A route never registers the hooks about logins and actions: our answer would replace the broker's. */
function routedHooks({ hooks, topics = [], to, name }: RouteSection, i: number): RegisteredHook[] {
  const because = `its events go to ${to.join(' and ')} (${name ?? `events.routes[${i}]`})`;
  return (
    hooks
      .filter(isRegistrable)
      .filter((hook) => !isDecided(hook))
      // With topics, a broker with failed_action = deny refuses all messages outside them without a call.
      .map((hook) => ({ name: hook, topics: hook === 'message.ingress' ? [] : topics, because }))
  );
}

function policyHooks(config: Parameters<typeof registeredHooks>[0]): RegisteredHook[] {
  return [...accessHooks(config), ...messageHooks(config)];
}

/** Registers for the topics that a rule may match. */
function messageHooks({ publish }: Parameters<typeof registeredHooks>[0]): RegisteredHook[] {
  const filters = publish === undefined ? [] : brokerFilters(publish.rules);
  if (publish === undefined || filters?.length === 0) return [];
  const because = `rules ${publish.mode === 'shadow' ? 'watch' : 'decide'} messages (publish)`;
  const routed: RegisteredHook = { name: 'message.publish', topics: filters ?? [], because };
  return publish.at === 'publish' ? [routed] : [{ name: 'message.ingress', topics: [], because }, routed];
}

function accessHooks(config: Pick<Config, 'authenticate' | 'authorize'>): RegisteredHook[] {
  const parts = [
    ['authenticate', 'logins'],
    ['authorize', 'topics'],
  ] as const;
  return parts.flatMap(([part, what]) => {
    const policy = config[part];
    if (policy === undefined) return [];
    const because = `a policy ${policy.mode === 'shadow' ? 'watches' : 'decides'} ${what} (${part})`;
    return [{ name: `client.${part}` as const, topics: [], because }];
  });
}

function customHooks(names: readonly HookName[]): RegisteredHook[] {
  const because = 'a custom hook answers it (hooks.custom)';
  return names.filter(isRegistrable).map((name) => ({ name, topics: [], because }));
}
