/**
 * What Cloud Run refuses beyond Knative's schema: annotations that it does not know, and values that it does not take.
 * From its YAML reference, the description of probes in its API, and its quotas.
 */
import type { IContainer, IProbe } from 'kubernetes-models/v1';
import { isManifest, isRecord } from './manifest.ts';
import { findProblems } from './strict.ts';

type Values = Readonly<Record<string, RegExp>>;

const flag = /^(true|false)$/;
const whole = /^\d+$/;
const any = /./;

/** Annotations of a service, with the values they take. */
const ofService: Values = {
  'run.googleapis.com/binary-authorization': any,
  'run.googleapis.com/binary-authorization-breakglass': any,
  'run.googleapis.com/custom-audiences': /^\[.*\]$/,
  'run.googleapis.com/description': any,
  'run.googleapis.com/iap-enabled': flag,
  'run.googleapis.com/ingress': /^(all|internal|internal-and-cloud-load-balancing)$/,
  'run.googleapis.com/invoker-iam-disabled': flag,
  'run.googleapis.com/launch-stage': /^(ALPHA|BETA|GA)$/,
  'run.googleapis.com/manualInstanceCount': whole,
  'run.googleapis.com/maxScale': whole,
  'run.googleapis.com/minScale': whole,
  'run.googleapis.com/scalingMode': /^(automatic|manual)$/,
};

/** Annotations of a revision. */
const ofRevision: Values = {
  'autoscaling.knative.dev/maxScale': whole,
  'autoscaling.knative.dev/minScale': whole,
  'run.googleapis.com/cloudsql-instances': any,
  'run.googleapis.com/container-dependencies': any,
  'run.googleapis.com/cpu-throttling': flag,
  'run.googleapis.com/encryption-key': any,
  'run.googleapis.com/execution-environment': /^gen[12]$/,
  'run.googleapis.com/network-interfaces': any,
  'run.googleapis.com/secrets': any,
  'run.googleapis.com/sessionAffinity': flag,
  'run.googleapis.com/startup-cpu-boost': flag,
  'run.googleapis.com/vpc-access-connector': any,
  'run.googleapis.com/vpc-access-egress': /^(all-traffic|private-ranges-only)$/,
};

/**
 * Whether a document is a Knative Service without unknown fields. The package's schema is older than start-up probes
 * and gRPC probes: they are checked like those of a pod, which they are in the API.
 */
export function findServiceProblems(document: unknown): string[] {
  const copy = structuredClone(document);
  if (!isManifest(copy)) return findProblems(copy);
  const { spec } = (copy as unknown as CloudRunService).spec?.template ?? {};
  const containers = (spec?.containers ?? []).map(({ startupProbe, livenessProbe, ...container }) => ({
    probes: { name: 'probes', image: 'none', startupProbe, livenessProbe },
    container,
  }));
  if (spec !== undefined) Object.assign(spec, { containers: containers.map(({ container }) => container) });
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: copy.metadata,
    spec: { containers: containers.map(({ probes }) => probes) },
  };
  return [...findProblems(copy), ...findProblems(JSON.parse(JSON.stringify(pod)))];
}

/** What Cloud Run refuses, of a document that is a Service of Knative. */
export function findCloudRunProblems(service: CloudRunService): string[] {
  const { metadata, spec } = service.spec.template;
  const [container, ...others] = spec.containers;
  if (container === undefined || others.length > 0) return ['has not one container'];
  return [
    ...findUnknown(service.metadata.annotations, ofService),
    ...findUnknown(metadata?.annotations, ofRevision),
    ...between('containerConcurrency', spec.containerConcurrency, 1, 1000),
    ...between('timeoutSeconds', spec.timeoutSeconds, 1, 3600),
    ...findPortProblems(container),
    ...findProbeProblems('startupProbe', container.startupProbe, 240),
    ...findProbeProblems('livenessProbe', container.livenessProbe, 3600),
    ...findStartProblems(container.startupProbe),
  ];
}

/** The part of Knative's Service that is looked at; the package leaves the pod without a type. */
export interface CloudRunService {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly template: {
      readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
      readonly spec: {
        readonly containerConcurrency?: number;
        readonly timeoutSeconds?: number;
        readonly serviceAccountName?: string;
        readonly containers: readonly IContainer[];
        readonly volumes?: readonly {
          readonly name: string;
          readonly secret: {
            readonly secretName: string;
            readonly items: readonly { readonly key: string; readonly path: string }[];
          };
        }[];
      };
    };
  };
}

function findUnknown(annotations: Readonly<Record<string, unknown>> = {}, known: Values): string[] {
  return Object.entries(annotations).flatMap(([name, value]) => {
    const values = known[name];
    if (values === undefined) return [`annotation ${name} is not known here`];
    return typeof value === 'string' && values.test(value) ? [] : [`annotation ${name} has a wrong value`];
  });
}

function between(name: string, value: number | undefined, least: number, most: number): string[] {
  return value === undefined || (value >= least && value <= most)
    ? []
    : [`${name} is not in ${least}..${most}`];
}

/** One port; its name chooses the protocol. */
function findPortProblems({ ports = [] }: IContainer): string[] {
  const isFine = ports.length === 1 && /^(h2c|http1)$/.test(ports[0]?.name ?? '');
  return isFine ? [] : ['ports is not one port named h2c or http1'];
}

/** @param longest seconds of a period, and of the wait before the first probe. */
function findProbeProblems(name: string, probe: IProbe | undefined, longest: number): string[] {
  if (probe === undefined) return [];
  const { periodSeconds = 10, timeoutSeconds = 1, initialDelaySeconds = 0, failureThreshold = 3 } = probe;
  const kinds = ['grpc', 'httpGet', 'tcpSocket'].filter((kind) => isRecord(probe[kind as keyof IProbe]));
  return [
    ...(kinds.length === 1 ? [] : [`${name} is not of one kind`]),
    ...(name === 'livenessProbe' && kinds[0] === 'tcpSocket' ? [`${name} may not be tcpSocket`] : []),
    ...between(`${name}.initialDelaySeconds`, initialDelaySeconds, 0, longest),
    ...between(`${name}.periodSeconds`, periodSeconds, 1, longest),
    ...between(`${name}.timeoutSeconds`, timeoutSeconds, 1, periodSeconds),
    ...between(`${name}.failureThreshold`, failureThreshold, 1, Number.POSITIVE_INFINITY),
  ];
}

/** An instance has 240 seconds to start. */
function findStartProblems({ failureThreshold = 3, periodSeconds = 10 }: IProbe = {}): string[] {
  return between(
    'startupProbe, periodSeconds times failureThreshold,',
    failureThreshold * periodSeconds,
    1,
    240,
  );
}
