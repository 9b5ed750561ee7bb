/** What an overlay says about its pods. */
import type { IDeployment, IStatefulSet } from 'kubernetes-models/apps/v1';
import type { IContainer, IPodSpec, IProbe } from 'kubernetes-models/v1';
import { type Manifest, pick } from './manifest.ts';

export interface Pods {
  readonly workload: IDeployment | IStatefulSet;
  readonly labels: Readonly<Record<string, string>>;
  readonly selector: Readonly<Record<string, string>>;
  readonly spec: IPodSpec;
  /** The one of our image. */
  readonly container: IContainer;
  readonly env: Readonly<Record<string, string>>;
}

/** @throws Error unless there is one workload with one container. */
export function podsOf(manifests: readonly Manifest[]): Pods {
  const kind = manifests.some((one) => one.kind === 'StatefulSet') ? 'StatefulSet' : 'Deployment';
  const workload = pick<IDeployment | IStatefulSet>(manifests, kind);
  const { metadata, spec } = workload.spec?.template ?? {};
  const [container, ...others] = spec?.containers ?? [];
  if (spec === undefined || container === undefined || others.length > 0)
    throw new Error('not one container');
  const env = Object.fromEntries(
    (container.env ?? []).map(({ name, value = 'from a secret' }) => [name, value]),
  );
  const selector = workload.spec?.selector.matchLabels ?? {};
  return { workload, spec, container, env, selector, labels: metadata?.labels ?? {} };
}

export function probesOf({ startupProbe, livenessProbe, readinessProbe }: IContainer): IProbe[] {
  return [startupProbe, livenessProbe, readinessProbe].filter((probe) => probe !== undefined);
}

/** The number of a container's port, by its name or number; nothing when there is no such port. */
export function findPort({ ports = [] }: IContainer, wanted: string | number): number | undefined {
  return ports.find(({ name, containerPort }) => wanted === name || wanted === containerPort)?.containerPort;
}

/** Whether a selector picks these labels. An empty one would pick everything. */
export function selects(
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}
