/**
 * Opens the policies of each configuration in turn. Loads their modules only when a configuration has
 * policies.
 */
import type { AnyHook } from '../../core/hook.ts';
import type { HookName } from '../../protocol/schema/hook-name.ts';
import type { KnownAcls } from '../acl/load.ts';
import type { GrantStore } from '../grants/store.ts';
import type { Renewed } from '../methods/method.ts';
import type { UserFiles } from '../users/shared.ts';
import type { OpenPolicy, PolicyConfig, PolicyWorld } from './open-policy.ts';

export interface OpenerOptions extends Pick<PolicyWorld, 'env' | 'log'> {
  /** The user's custom hooks: a custom hook and a policy cannot both answer a call. */
  readonly hooks: readonly Pick<AnyHook, 'name'>[];
}

/** The sections that are policies, and the hooks they answer. */
const parts = [
  { section: 'authenticate', hook: 'client.authenticate' },
  { section: 'authorize', hook: 'client.authorize' },
  { section: 'publish', hook: 'message.publish' },
] as const;

export interface PolicyOpener {
  /**
   * Opens the policies of a configuration; returns nothing when it has none.
   *
   * @throws PolicyError
   */
  open(config: PolicyConfig): Promise<OpenPolicy | undefined>;
  /** How often new rules, users or keys were rejected, over all policies so far. */
  readonly refusals: Readonly<Record<Renewed, number>>;
  close(): void;
}

/**
 * Creates the opener. Grants outlive the policy that granted them: the store is the first configuration's.
 *
 * @param onChange called when the state of a policy has changed.
 */
export function createPolicyOpener(
  first: PolicyConfig,
  { log, env, hooks }: OpenerOptions,
  onChange: (policy: OpenPolicy) => void,
): PolicyOpener {
  const refusals: Record<Renewed, number> = { rules: 0, users: 0, keys: 0 };
  const refused = (what: Renewed): void => void refusals[what]++;
  const monotonic = () => performance.now();
  const world = { env, log, now: Date.now, monotonic, random: Math.random, refused };
  let userFiles: UserFiles | undefined;
  const knownAcls: KnownAcls = new Map();
  let grants: GrantStore | undefined;

  async function openWith(store: GrantStore, config: PolicyConfig): Promise<OpenPolicy> {
    const { openPolicy } = await import('../open-policy.ts');
    const { createUserFiles } = await import('../users/shared.ts');
    userFiles ??= createUserFiles();
    const policy: OpenPolicy = await openPolicy(config, {
      ...world,
      grants: store,
      userFiles,
      knownAcls,
      isDry: false,
      onChange: () => onChange(policy),
    });
    for (const warning of policy.warnings) log.warn(warning);
    return policy;
  }

  return {
    refusals,
    async open(config) {
      if (parts.every(({ section }) => config[section] === undefined)) return undefined;
      await refuseConflicts(config, hooks);
      if (grants !== undefined) return await openWith(grants, config);
      const { openGrantStore } = await import('../grants/open.ts');
      const store = await openGrantStore((first.authorize ?? config.authorize)?.grants, world);
      try {
        const policy = await openWith(store, config);
        grants = store;
        return policy;
      } catch (error) {
        store.close();
        throw error;
      }
    },
    close: () => grants?.close(),
  };
}

/** Message rules at ingress also answer message.publish, for brokers without message.ingress. */
function partsOf({
  publish,
}: PolicyConfig): readonly { section: (typeof parts)[number]['section']; hook: HookName }[] {
  if (publish === undefined || publish.at === 'publish') return parts;
  return [...parts, { section: 'publish', hook: 'message.ingress' }];
}

async function refuseConflicts(config: PolicyConfig, hooks: OpenerOptions['hooks']): Promise<void> {
  const conflicts = partsOf(config).filter(
    ({ section, hook }) => config[section] !== undefined && hooks.some(({ name }) => name === hook),
  );
  if (conflicts.length === 0) return;
  const { PolicyError } = await import('./policy-error.ts');
  throw new PolicyError(
    conflicts.map(
      ({ section, hook }) =>
        `${section}: a custom hook answers ${hook} (hooks.custom); remove one of the two`,
    ),
  );
}
