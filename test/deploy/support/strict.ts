/**
 * Validates against the schemas of kubernetes-models, and also finds unknown fields.
 *
 * The API's schemas allow any field, and the package has them as compiled functions only. The document is therefore
 * passed in proxies that record which fields are read: a validator reads every field it knows, present or not. A field
 * that is never read is a typo.
 */
import * as knative from '@kubernetes-models/knative/serving.knative.dev/v1';
import * as prometheus from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import * as apps from 'kubernetes-models/apps/v1';
import * as autoscaling from 'kubernetes-models/autoscaling/v2';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';
import { isManifest } from './manifest.ts';

/** The part of a package's class that is used; it throws if `this` does not fit. */
interface KnownKind {
  readonly prototype: { validate(): void };
}

const kinds: Readonly<Record<string, Readonly<Record<string, KnownKind>>>> = {
  v1: {
    ConfigMap: core.ConfigMap,
    Namespace: core.Namespace,
    Pod: core.Pod,
    Service: core.Service,
    ServiceAccount: core.ServiceAccount,
  },
  'apps/v1': { Deployment: apps.Deployment, StatefulSet: apps.StatefulSet },
  'autoscaling/v2': { HorizontalPodAutoscaler: autoscaling.HorizontalPodAutoscaler },
  'monitoring.coreos.com/v1': {
    PrometheusRule: prometheus.PrometheusRule,
    ServiceMonitor: prometheus.ServiceMonitor,
  },
  'networking.k8s.io/v1': { NetworkPolicy: networking.NetworkPolicy },
  'policy/v1': { PodDisruptionBudget: policy.PodDisruptionBudget },
  'serving.knative.dev/v1': { Service: knative.Service },
};

/** Everything that is wrong with a document; none is what a good one has. */
export function findProblems(document: unknown): string[] {
  if (!isManifest(document))
    return ['is no document of Kubernetes: apiVersion, kind or metadata.name is missing'];
  const known = kinds[document.apiVersion]?.[document.kind];
  if (known === undefined) return [`${document.apiVersion} ${document.kind} is not known`];
  const watch = new Watch(document);
  try {
    known.prototype.validate.call(watch.root);
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return watch.findUnread();
}

/** Notes which properties of a value are read, at any depth. */
class Watch {
  /** Of the same shape as the value. */
  readonly root: object;
  readonly #seen: { readonly path: string; readonly target: object; readonly read: Set<string> }[] = [];

  constructor(value: object) {
    this.root = this.#wrap(value, '');
  }

  /** Of the objects that were looked into. */
  findUnread(): string[] {
    return this.#seen.flatMap(({ path, target, read }) =>
      Object.keys(target)
        .filter((key) => !read.has(key))
        .map((key) => `${path}/${key} is not known`),
    );
  }

  #wrap(target: object, path: string): object {
    const read = new Set<string>();
    const wrapped = new Map<string, object>();
    this.#seen.push({ path, target, read });
    return new Proxy(target, {
      get: (_, key) => {
        const value: unknown = Reflect.get(target, key);
        if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return value;
        read.add(key);
        if (typeof value !== 'object' || value === null) return value;
        const known = wrapped.get(key) ?? this.#wrap(value, `${path}/${key}`);
        wrapped.set(key, known);
        return known;
      },
    });
  }
}
