/** Compares which hooks brokers will be asked to call. */
import { registeredHooks } from '../../config/hook-list.ts';
import { registrableHookNames } from '../../protocol/schema/hook-name.ts';
import type { ConfigurationRunSource } from './configuration-run.ts';

/** A changed registration; no list of topics: the hook is not registered. */
export interface Registration {
  readonly hook: string;
  /** Topic filters; empty means every topic, or a hook without filters. */
  readonly before: readonly string[] | undefined;
  readonly after: readonly string[] | undefined;
}

type Registering = Pick<ConfigurationRunSource, 'config' | 'custom'>;

/** In the order of the protocol. */
export function compareRegistrations(before: Registering, after: Registering): Registration[] {
  const [old, now] = [topicsByHook(before), topicsByHook(after)];
  return registrableHookNames
    .map((hook) => ({ hook, before: old.get(hook), after: now.get(hook) }))
    .filter((registration) => JSON.stringify(registration.before) !== JSON.stringify(registration.after));
}

function topicsByHook({ config, custom }: Registering): Map<string, readonly string[]> {
  const names = custom.hooks.map(({ name }) => name);
  return new Map(
    registeredHooks(config, names).map(({ name, topics }): [string, readonly string[]] => [
      name,
      [...topics].sort(),
    ]),
  );
}

/** Describes it for people. */
export function describeRegistration({ hook, before, after }: Registration): string {
  if (before === undefined) return `${hook} is newly called${topicsOf(after)}`;
  if (after === undefined) return `${hook} is no longer called`;
  return `${hook} is called for other topics: ${listOf(before)} -> ${listOf(after)}`;
}

function topicsOf(topics: readonly string[] = []): string {
  return topics.length === 0 ? '' : `, for ${listOf(topics)}`;
}

function listOf(topics: readonly string[]): string {
  return topics.length === 0 ? 'every topic' : topics.join(', ');
}
