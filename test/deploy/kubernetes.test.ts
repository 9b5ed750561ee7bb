import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type { IConfigMap, IService } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { checkConfiguration } from './support/configuration.ts';
import { readKustomization } from './support/kustomization.ts';
import { render } from './support/kustomize.ts';
import { type Manifest, parseYaml, pick } from './support/manifest.ts';
import {
  byName,
  hasKubectl,
  kubernetes,
  overlays,
  renderWithKubectl,
  root,
  withOverlay,
} from './support/overlays.ts';
import { findPort, podsOf, probesOf, selects } from './support/pods.ts';
import { findProblems } from './support/strict.ts';

function ofKind<T>(manifests: readonly Manifest[], kind: string): T[] {
  return manifests.filter((one) => one.kind === kind) as unknown as T[];
}

/** Milliseconds for which a pod keeps serving before it gets the stop signal. */
function preStopOf(manifests: readonly Manifest[]): number {
  return (podsOf(manifests).container.lifecycle?.preStop?.sleep?.seconds ?? 0) * 1000;
}

describe.each(overlays)('deploy/kubernetes: %s', (name, components) => {
  const manifests = withOverlay(name, components, render);
  const pods = podsOf(manifests);
  const { spec, container } = pods;
  const text = pick<IConfigMap>(manifests, 'ConfigMap').data?.['exhook.yaml'] ?? '';

  it.each(manifests)('has a valid $kind $metadata.name', (manifest) => {
    expect(findProblems(manifest)).toStrictEqual([]);
  });

  it.skipIf(!hasKubectl())('is rendered alike by kubectl', () => {
    expect(byName(withOverlay(name, components, renderWithKubectl))).toStrictEqual(byName(manifests));
  });

  it('is all in one namespace', () => {
    const namespaces = manifests.map((one) =>
      one.kind === 'Namespace' ? one.metadata.name : one.metadata.namespace,
    );
    expect(new Set(namespaces)).toStrictEqual(new Set(['exhook-edge']));
  });

  it('selects its own pods', () => {
    const { selector, labels } = pods;
    const service = pick<IService>(manifests, 'Service');
    expect(selects(selector, labels)).toBe(true);
    expect(selects(service.spec?.selector, labels)).toBe(true);
    for (const { spec } of ofKind<IPodDisruptionBudget>(manifests, 'PodDisruptionBudget'))
      expect(selects(spec?.selector?.matchLabels, labels)).toBe(true);
    for (const { spec } of ofKind<INetworkPolicy>(manifests, 'NetworkPolicy'))
      expect(selects(spec?.podSelector?.matchLabels, labels)).toBe(true);
    for (const { labelSelector } of spec.topologySpreadConstraints ?? [])
      expect(selects(labelSelector?.matchLabels, labels)).toBe(true);
    for (const { spec } of ofKind<IServiceMonitor>(manifests, 'ServiceMonitor'))
      expect(selects(spec.selector.matchLabels, service.metadata?.labels ?? {})).toBe(true);
  });

  it('names ports that exist', () => {
    const service = pick<IService>(manifests, 'Service').spec?.ports ?? [];
    for (const { targetPort = '' } of service) expect(findPort(container, targetPort)).toBeTypeOf('number');
    for (const { httpGet, grpc } of probesOf(container))
      expect(findPort(container, httpGet?.port ?? grpc?.port ?? '')).toBeTypeOf('number');
    const allowed = ofKind<INetworkPolicy>(manifests, 'NetworkPolicy')
      .flatMap(({ spec }) => spec?.ingress ?? [])
      .flatMap(({ ports = [] }) => ports);
    for (const { port = '' } of allowed) expect(findPort(container, port)).toBeTypeOf('number');
    const scraped = ofKind<IServiceMonitor>(manifests, 'ServiceMonitor').flatMap(
      ({ spec }) => spec.endpoints,
    );
    for (const { port } of scraped) expect(service.map(({ name }) => name)).toContain(port);
  });

  it('scales a workload that exists, or has a number of replicas', () => {
    const [autoscaler] = ofKind<IHorizontalPodAutoscaler>(manifests, 'HorizontalPodAutoscaler');
    const { apiVersion, kind, metadata } = pods.workload;
    const target = { apiVersion, kind, name: metadata?.name };
    if (autoscaler !== undefined) expect(autoscaler.spec?.scaleTargetRef).toStrictEqual(target);
    // With both, each `kubectl apply` would undo the autoscaler's changes.
    expect([autoscaler, pods.workload.spec?.replicas].filter((one) => one !== undefined)).toHaveLength(1);
    expect(autoscaler === undefined || container.resources?.requests?.cpu !== undefined).toBe(true);
  });

  it('mounts volumes that exist, and writes to volumes only', () => {
    const claims = 'volumeClaimTemplates' in (pods.workload.spec ?? {}) ? ['spool'] : [];
    const volumes = [...(spec.volumes ?? []).map(({ name }) => name), ...claims];
    expect(container.volumeMounts?.map(({ name }) => name).sort()).toStrictEqual(volumes.sort());
    const configMaps = (spec.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []);
    expect(configMaps).toStrictEqual([pick<Manifest>(manifests, 'ConfigMap').metadata.name]);
  });

  it('starts with the file of its ConfigMap', () => {
    const volume = spec.volumes?.find(({ configMap }) => configMap !== undefined)?.name;
    const mount = container.volumeMounts?.find(({ name }) => name === volume);
    const [file] = Object.keys(pick<IConfigMap>(manifests, 'ConfigMap').data ?? {});
    expect(container.args).toStrictEqual(['--config', `${mount?.mountPath}/${file}`]);
  });

  it('runs as the restricted pod security standard wants it, with a read-only root', () => {
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container.securityContext).toStrictEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(spec.serviceAccountName).toBe(pick<Manifest>(manifests, 'ServiceAccount').metadata.name);
    const kinds = (spec.volumes ?? [])
      .flatMap((volume) => Object.keys(volume))
      .filter((key) => key !== 'name');
    for (const kind of kinds) expect(['configMap', 'emptyDir', 'secret']).toContain(kind);
  });

  it('has a configuration that exhook check accepts, on the ports of the container', async () => {
    const { config, warnings } = await checkConfiguration(text, pods.env);
    expect(warnings).toStrictEqual([]);
    expect(config.listen.port).toBe(findPort(container, 'grpc'));
    expect(config.admin?.port).toBe(findPort(container, 'admin'));
    expect([config.listen.host, config.admin?.host]).toStrictEqual(['0.0.0.0', '0.0.0.0']);
    expect(config.connections.maxAge).toBeTypeOf('number');
  });

  it('is given the time to stop', async () => {
    const { config } = await checkConfiguration(text, pods.env);
    const needed = preStopOf(manifests) + config.drain.timeout;
    expect(preStopOf(manifests) + config.drain.delay).toBeGreaterThan(0);
    expect((spec.terminationGracePeriodSeconds ?? 30) * 1000).toBeGreaterThan(needed);
  });

  it('uses gRPC probes only without TLS', async () => {
    const { config } = await checkConfiguration(text, pods.env);
    const asked = probesOf(container).map(({ httpGet }) => httpGet && findPort(container, httpGet.port));
    const isOnMainPort = asked.some((port) => port === undefined || port === config.listen.port);
    expect(isOnMainPort).toBe(config.listen.tls === undefined);
  });
});

describe('deploy/kubernetes', () => {
  const directories = readdirSync(kubernetes);

  it.each(directories)('%s has no file that is used nowhere', (name) => {
    const directory = join(kubernetes, name);
    const { resources, configMapGenerator, patches } = readKustomization(directory);
    const used = [
      ...resources,
      ...configMapGenerator.flatMap(({ files }) => files),
      ...patches.flatMap(({ path = [] }) => path),
    ].filter((file) => !file.startsWith('..'));
    expect(readdirSync(directory).sort()).toStrictEqual(['kustomization.yaml', ...used].sort());
  });

  it('runs as the user of the image', () => {
    const user = /^USER (\d+):(\d+)$/m.exec(readFileSync(join(root, 'Dockerfile'), 'utf8'));
    const { runAsUser, runAsGroup } = podsOf(render(join(kubernetes, 'base'))).spec.securityContext ?? {};
    expect([runAsUser, runAsGroup]).toStrictEqual([Number(user?.[1]), Number(user?.[2])]);
  });

  it('keeps the spool on the volume of the pod, with room for thrice its size', async () => {
    const manifests = withOverlay('spool', ['spool'], render);
    const { env, container, workload } = podsOf(manifests);
    const { config } = await checkConfiguration('{}', env);
    const mount = container.volumeMounts?.find(({ name }) => name === 'spool');
    expect(config.spool?.path.startsWith(`${mount?.mountPath}/`)).toBe(true);
    const [claim] =
      workload.spec !== undefined && 'volumeClaimTemplates' in workload.spec
        ? (workload.spec.volumeClaimTemplates ?? [])
        : [];
    const size = String(claim?.spec?.resources?.requests?.storage);
    expect(Number.parseInt(size, 10) * 2 ** 30).toBeGreaterThanOrEqual(
      3 * (config.spool?.maxBytes ?? Number.NaN),
    );
  });

  const rules = 'deploy/monitoring/prometheus-rules.yaml';
  it.skipIf(!existsSync(join(root, rules)))('has a command in the docs that makes a PrometheusRule', () => {
    const blocks = readFileSync(join(root, 'docs/kubernetes.md'), 'utf8').matchAll(/```sh\n([\s\S]*?)```/g);
    const command = [...blocks].map(([, block = '']) => block).find((block) => block.includes(rules)) ?? '';
    expect(command).toContain('| kubectl apply -f -');
    const script = command.replace('kubectl apply -f -', 'cat');
    const output = execFileSync('sh', ['-euc', script], { cwd: root, encoding: 'utf8', timeout: 20_000 });
    expect(parseYaml(output, rules).map(findProblems)).toStrictEqual([[]]);
  });
});
