/** The probes of deploy/, asked of a real server with the configuration they come with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IConfigMap, IProbe } from 'kubernetes-models/v1';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Serving, serve } from '../../src/app/serve.ts';
import { createLogger } from '../../src/log/log.ts';
import { Broker } from '../program/support/broker.ts';
import type { CloudRunService } from './support/cloud-run.ts';
import { checkConfiguration } from './support/configuration.ts';
import { render } from './support/kustomize.ts';
import { pick, readYaml } from './support/manifest.ts';
import { kubernetes, root, withOverlay } from './support/overlays.ts';
import { findPort, podsOf, probesOf } from './support/pods.ts';

const log = await createLogger({ level: 'silent', format: 'json' });
const base = render(join(kubernetes, 'base'));
const { container } = podsOf(base);
const withTls = podsOf(withOverlay('tls', ['tls'], render)).container;
const [service] = readYaml(join(root, 'deploy/cloud-run/service.yaml')) as CloudRunService[];
const cloudRun = service?.spec.template.spec.containers[0] ?? { name: 'none' };

let serving: Serving;
beforeAll(async () => {
  const text = pick<IConfigMap>(base, 'ConfigMap').data?.['exhook.yaml'] ?? '';
  const { config } = await checkConfiguration(text, { EXHOOK_LISTEN_PORT: '0', EXHOOK_ADMIN_PORT: '0' });
  serving = await serve({ config: { listen: config.listen, admin: config.admin }, log });
});
afterAll(async () => {
  await serving.stop();
});

/** What a kubelet, or Cloud Run, would treat as the answer. */
async function ask({ httpGet, grpc }: IProbe, isAdmin: boolean): Promise<string> {
  const port = (isAdmin ? serving.adminAddress : serving.address)?.port;
  if (httpGet !== undefined) return String((await fetch(`http://127.0.0.1:${port}${httpGet.path}`)).status);
  const broker = new Broker(`127.0.0.1:${port}`);
  try {
    const service = Buffer.from(grpc?.service ?? '');
    const request = service.length === 0 ? service : Buffer.concat([Buffer.of(10, service.length), service]);
    const { status, reply } = await broker.call('/grpc.health.v1.Health/Check', request);
    return status === 0 ? Buffer.from(reply ?? []).toString('hex') : `status ${status}`;
  } finally {
    broker.close();
  }
}

describe.each([
  ['Kubernetes', container],
  ['Kubernetes with TLS', withTls],
  ['Cloud Run', cloudRun],
] as const)('a probe for %s', (_, container) => {
  const admin = findPort(container, 'admin');

  it.each(probesOf(container))('is answered: %j', async (probe) => {
    const port = findPort(container, probe.httpGet?.port ?? probe.grpc?.port ?? '');
    // SERVING is the number 1 in the first field.
    expect(await ask(probe, port === admin)).toBe(probe.grpc === undefined ? '200' : '0801');
  });
});

describe('the files of deploy/', () => {
  it.each(['kubernetes/base/exhook.yaml', 'kubernetes/example/exhook.yaml', 'cloud-run/exhook.yaml'])(
    '%s has no secret in it',
    (name) => {
      const text = readFileSync(join(root, 'deploy', name), 'utf8');
      for (const [line] of text.matchAll(/^.*(password|secret|token):.*$/gm))
        expect(line).toMatch(/\{ (env|file): /);
    },
  );
});
