/** The hooks that brokers will be asked to call otherwise. */
import { registeredHooks } from '../../config/hook-list.ts';
import { registrableHookNames } from '../../protocol/schema/hook-name.ts';
import type { ConfigurationRunSource } from './configuration-run.ts';

/** A hook that is registered otherwise; no list of topics: it is not registered at all. */
export interface Registration {
  readonly hook: string;
  /** Topic filters; none of them means every topic, or a hook that has none. */
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

/** For people. */
export function describeRegistration({ hook, before, after }: Registration): string {
  if (before === undefined) return `${hook} is asked newly${topicsOf(after)}`;
  if (after === undefined) return `${hook} is not asked any more`;
  return `${hook} is asked for other topics: ${listOf(before)} -> ${listOf(after)}`;
}

function topicsOf(topics: readonly string[] = []): string {
  return topics.length === 0 ? '' : `, for ${listOf(topics)}`;
}

function listOf(topics: readonly string[]): string {
  return topics.length === 0 ? 'every topic' : topics.join(', ');
}
