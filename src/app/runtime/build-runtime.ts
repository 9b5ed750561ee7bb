/** Builds the runtime of calls: hooks, policies and look-ups from the configuration and user modules. */
import { registeredHooks } from '../../config/hook-list.ts';
import type { AnyHook } from '../../core/hook.ts';
import { hooks as builtInHooks } from '../../core/hooks/index.ts';
import type { Lookup, Runtime } from '../../core/runtime.ts';
import type { EventSender } from '../../events/event-sender.ts';
import type { NodeMemory } from '../../lookup/brokers/node-memory.ts';
import type { Policy } from '../../policy/policy.ts';
import { replaceHooks } from '../custom-hooks.ts';
import type { CallObserver } from './call-observer.ts';
import type { InForce } from './in-force.ts';
import { withOnError } from './on-error.ts';

export interface RuntimeParts {
  /** Custom hooks, and answers to their questions. */
  readonly hooks: readonly AnyHook[];
  readonly lookups: Readonly<Record<string, Lookup>>;
  readonly nodes: NodeMemory;
  readonly router: EventSender;
  readonly observer: CallObserver;
}

export function buildRuntime({ config, policy }: InForce, parts: RuntimeParts): Runtime {
  const { hooks: custom, lookups, nodes, router, observer } = parts;
  return {
    hooks: replaceHooks(withOnError(builtInHooks, config), custom),
    policy: buildPolicy({ config, policy }, parts),
    lookups: { ...policy?.lookups, ...nodes.lookups, ...lookups },
    waits: router.waits,
    decided: observer.decided,
    failed: observer.failed,
  };
}

function buildPolicy(
  { config, policy }: Pick<InForce, 'config' | 'policy'>,
  { hooks: custom, nodes }: RuntimeParts,
): Policy {
  const { revision, authenticate, authorize, publish } = policy?.policies ?? {};
  const registered = registeredHooks(
    config,
    custom.map(({ name }) => name),
  );
  return {
    hooks: registered.map(({ name, topics }) => ({ name, topics: [...topics] })),
    areHooksPerNode: true,
    ingress: config.publish?.ingress,
    revision,
    authenticate,
    authorize,
    publish: publish && { ...publish, wasAtIngress: nodes.wasAtIngress },
  };
}
