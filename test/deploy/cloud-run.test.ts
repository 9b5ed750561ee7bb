import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CloudRunService, findCloudRunProblems, findServiceProblems } from './support/cloud-run.ts';
import { checkConfiguration } from './support/configuration.ts';
import { readYaml } from './support/manifest.ts';
import { root } from './support/overlays.ts';
import { findPort, probesOf } from './support/pods.ts';

const directory = join(root, 'deploy/cloud-run');
const guide = readFileSync(join(root, 'docs/cloud-run.md'), 'utf8');
const [document] = readYaml(join(directory, 'service.yaml'));
const service = document as CloudRunService;
const { spec } = service.spec.template;
const [container = { name: 'none' }] = spec.containers;

/** The document, changed. */
function changed(change: (service: Writable) => void): CloudRunService {
  const copy = structuredClone(service);
  change(copy as unknown as Writable);
  return copy;
}
interface Writable {
  metadata: { annotations: Record<string, unknown> };
  spec: {
    template: {
      metadata: { annotations: Record<string, unknown> };
      spec: Record<string, unknown> & { containers: Record<string, unknown>[] };
    };
  };
}

const revision = ({ spec }: Writable) => spec.template;
const first = (one: Writable, values: object) => {
  Object.assign(revision(one).spec.containers[0] ?? {}, values);
};
const probe = (values: object) => (one: Writable) => {
  Object.assign(revision(one).spec.containers[0]?.startupProbe as object, values);
};

describe('deploy/cloud-run/service.yaml', () => {
  it('is a service of Knative without unknown fields', () => {
    expect(findServiceProblems(document)).toStrictEqual([]);
  });

  it('is what Cloud Run takes', () => {
    expect(findCloudRunProblems(service)).toStrictEqual([]);
  });

  it.each<[string, (service: Writable) => void]>([
    [
      'a misspelt annotation',
      (one) => Object.assign(one.metadata.annotations, { 'run.googleapis.com/ingres': 'all' }),
    ],
    [
      'an ingress that does not exist',
      (one) => Object.assign(one.metadata.annotations, { 'run.googleapis.com/ingress': 'internl' }),
    ],
    [
      'a flag that is no text',
      (one) => Object.assign(one.metadata.annotations, { 'run.googleapis.com/invoker-iam-disabled': true }),
    ],
    [
      "a revision's annotation on the service",
      (one) => Object.assign(one.metadata.annotations, { 'run.googleapis.com/cpu-throttling': 'false' }),
    ],
    [
      "a service's annotation on the revision",
      (one) => Object.assign(revision(one).metadata.annotations, { 'run.googleapis.com/ingress': 'all' }),
    ],
    ['too much concurrency', (one) => Object.assign(revision(one).spec, { containerConcurrency: 1001 })],
    ['too long a timeout', (one) => Object.assign(revision(one).spec, { timeoutSeconds: 3601 })],
    ['no container', (one) => Object.assign(revision(one).spec, { containers: [] })],
    ['two containers', (one) => revision(one).spec.containers.push({ name: 'b' })],
    [
      'a port of another name',
      (one) =>
        Object.assign(revision(one).spec.containers[0] ?? {}, {
          ports: [{ name: 'grpc', containerPort: 9000 }],
        }),
    ],
    [
      'two ports',
      (one) => first(one, { ports: [...(container.ports ?? []), { name: 'http1', containerPort: 1 }] }),
    ],
    ['a probe of two kinds', probe({ tcpSocket: { port: 9000 } })],
    ['a timeout longer than the period', probe({ timeoutSeconds: 2 })],
    ['a start that takes too long', probe({ failureThreshold: 241 })],
  ])('is refused with %s', (_, change) => {
    expect(findCloudRunProblems(changed(change))).toHaveLength(1);
  });

  it.each<[string, (service: Writable) => void]>([
    ['a typo in the revision', (one) => Object.assign(revision(one).spec, { containerConcurency: 1 })],
    ['a typo in the container', (one) => first(one, { arg: [] })],
    ['a typo in a probe', probe({ failureTreshold: 1 })],
    ['a probe of gRPC without a port', probe({ grpc: {} })],
    ['a wrong type', (one) => Object.assign(revision(one).spec, { timeoutSeconds: '60' })],
    ['a wrong type in a probe', probe({ periodSeconds: '1' })],
  ])('is not a valid Knative service with %s', (_, change) => {
    expect(findServiceProblems(changed(change))).not.toStrictEqual([]);
  });

  it('takes brokers from the network only, which send no token', () => {
    expect(service.metadata.annotations).toMatchObject({
      'run.googleapis.com/ingress': 'internal',
      'run.googleapis.com/invoker-iam-disabled': 'true',
    });
  });

  it('has HTTP/2 up to the container, and asks its port by gRPC', () => {
    expect(container.ports).toStrictEqual([{ name: 'h2c', containerPort: 9000 }]);
    const probes = probesOf(container);
    expect(probes).toHaveLength(2);
    for (const { grpc } of probes) expect(findPort(container, grpc?.port ?? '')).toBe(9000);
  });

  it('mounts its volumes, and starts with the file in them', () => {
    const { volumes = [] } = spec;
    const files = (container.volumeMounts ?? []).flatMap(({ name, mountPath }) =>
      (volumes.find((volume) => volume.name === name)?.secret.items ?? []).map(
        ({ path }) => `${mountPath}/${path}`,
      ),
    );
    expect(container.volumeMounts).toHaveLength(volumes.length);
    expect(container.args).toStrictEqual(['--config', files[0]]);
  });

  it('pins the version of every secret, to allow a rollback', () => {
    const keys = [
      ...(spec.volumes ?? []).flatMap(({ secret }) => secret.items.map(({ key }) => key)),
      ...(container.env ?? []).flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.key ?? []),
    ];
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(key).toMatch(/^\d+$/);
  });

  it('has its secrets and its account made in the guide', () => {
    const secrets = [
      ...(spec.volumes ?? []).map(({ secret }) => secret.secretName),
      ...(container.env ?? []).flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? []),
    ];
    for (const name of secrets) expect(guide).toContain(`gcloud secrets create ${name} `);
    const [account = ''] = (spec.serviceAccountName ?? '').split('@');
    expect(guide).toContain(`gcloud iam service-accounts create ${account}`);
  });
});

describe('deploy/cloud-run/exhook.yaml', () => {
  const text = readFileSync(join(directory, 'exhook.yaml'), 'utf8');
  const secret = 'a secret of at least 32 characters, for tests';
  const env = Object.fromEntries((container.env ?? []).map(({ name }) => [name, secret]));

  it('is accepted by exhook check, and listens where Cloud Run says', async () => {
    const { config, warnings } = await checkConfiguration(text, { ...env, PORT: '8081' });
    expect(warnings).toStrictEqual([]);
    expect(config.listen).toMatchObject({ host: '0.0.0.0', port: 8081 });
  });

  it('needs the variables that the service sets, and no other', async () => {
    await expect(checkConfiguration(text, {})).rejects.toThrow('JWT_SECRET');
  });

  it('leaves TLS to Cloud Run, and is done within its 10 seconds', async () => {
    const { config } = await checkConfiguration(text, env);
    expect(config.listen.tls).toBeUndefined();
    expect(config.drain.timeout).toBeLessThan(10_000);
  });
});
