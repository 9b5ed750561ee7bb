/** Which hooks brokers will be asked to call, with which topics, and why. */
import {
  type HookName,
  isRegistrable,
  type RegistrableHookName,
  registrableHookNames,
} from '../schema/hook-name.ts';
import type { Config } from './schema.ts';
import { listableHookNames } from './sections/hooks.ts';

export interface RegisteredHook {
  readonly name: RegistrableHookName;
  /** Message hooks only; none means every topic. */
  readonly topics: readonly string[];
  /** The end of a sentence: "registered because ...". */
  readonly because: string;
}

/**
 * What is not needed is not registered, since every registered hook costs the broker a call it waits for.
 * The hooks come in the order of the protocol.
 */
export function registeredHooks(
  config: Pick<Config, 'hooks' | 'events' | 'authenticate' | 'authorize'>,
  customHookNames: readonly HookName[] = [],
): RegisteredHook[] {
  const found = new Map<RegistrableHookName, RegisteredHook>();
  for (const hook of [...wantedHooks(config), ...policyHooks(config), ...customHooks(customHookNames)]) {
    const before = found.get(hook.name);
    const because = before === undefined ? hook.because : `${before.because}; ${hook.because}`;
    found.set(hook.name, { ...(before ?? hook), because });
  }
  return registrableHookNames.flatMap((name) => found.get(name) ?? []);
}

function wantedHooks({ hooks, events }: Pick<Config, 'hooks' | 'events'>): RegisteredHook[] {
  if (hooks.register !== undefined) {
    return hooks.register.map(({ hook, topics }) => ({
      name: hook,
      topics,
      because: 'hooks.register lists it',
    }));
  }
  if (events.stdout === 'off') return [];
  return listableHookNames.map((name) => ({
    name,
    topics: [],
    because: 'its events go to standard output (events.stdout)',
  }));
}

function policyHooks(config: Pick<Config, 'authenticate' | 'authorize'>): RegisteredHook[] {
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
