import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRecord, readYaml } from './manifest.ts';
import { kubernetes } from './overlays.ts';
import { findProblems } from './strict.ts';

/** A file of ours with one thing changed: `at` leads to it, and `undefined` takes it out. */
function spoilt(file: string, at: string, value: unknown): unknown {
  const [document] = readYaml(file);
  const names = at.split('.');
  const last = names.pop() ?? '';
  const parent = names.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], document);
  if (!isRecord(parent)) throw new Error(`there is no ${at}`);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return document;
}

const deployment = join(kubernetes, 'base/deployment.yaml');
const pod = 'spec.template.spec';
const container = `${pod}.containers.0`;

describe('the strict check of documents', () => {
  it.each([
    ['a typo at the top', deployment, 'metdata', {}],
    ['a typo in the pod', deployment, `${pod}.topologySpreadConstraint`, []],
    ['a typo in a container', deployment, `${container}.imagePullPolice`, 'Always'],
    ['a typo in a probe', deployment, `${container}.livenessProbe.httpGet.pth`, '/healthz'],
    ['a typo in a security context', deployment, `${container}.securityContext.readOnlyRootFileSystem`, true],
    ['a typo in a volume', deployment, `${pod}.volumes.0.configMap.nam`, 'x'],
    ['a typo in the metadata', deployment, 'metadata.label', {}],
    ['a typo in a policy', join(kubernetes, 'base/network-policy.yaml'), 'spec.policyType', []],
    [
      'a typo in an endpoint',
      join(kubernetes, 'monitoring/service-monitor.yaml'),
      'spec.endpoints.0.prt',
      'x',
    ],
    [
      'a typo in an autoscaler',
      join(kubernetes, 'base/horizontal-pod-autoscaler.yaml'),
      'spec.minReplica',
      2,
    ],
    ['a typo in a budget', join(kubernetes, 'base/pod-disruption-budget.yaml'), 'spec.maxUnavailble', 2],
  ])('refuses %s', (_, file, at, value) => {
    expect(findProblems(spoilt(file, at, value))).toStrictEqual([`/${at.replaceAll('.', '/')} is not known`]);
  });

  it.each([
    ['a wrong type', `${container}.ports.0.containerPort`, 'nine thousand'],
    ['a text for a list', `${container}.args`, '--config'],
    ['a number for a label', 'metadata.labels', { a: 1 }],
    ['a list for an object', `${container}.resources`, []],
    ['a missing name', `${container}.name`, undefined],
    ['a missing selector', 'spec.selector', undefined],
    ['a missing template', 'spec.template', undefined],
  ])('refuses %s', (_, at, value) => {
    expect(findProblems(spoilt(deployment, at, value))).not.toStrictEqual([]);
  });

  it('rejects an unknown kind, and a file that is not a document', () => {
    expect(findProblems(spoilt(deployment, 'kind', 'Deploiment'))).toStrictEqual([
      'apps/v1 Deploiment is not known',
    ]);
    expect(findProblems(spoilt(deployment, 'apiVersion', 'v1'))).toStrictEqual([
      'v1 Deployment is not known',
    ]);
    expect(findProblems('kind: Deployment')).toHaveLength(1);
    expect(findProblems(null)).toHaveLength(1);
  });

  it('takes labels, annotations and data of any name', () => {
    expect(
      findProblems(spoilt(deployment, 'metadata.annotations', { 'example.com/any': 'x' })),
    ).toStrictEqual([]);
    expect(
      findProblems({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { 'b.yaml': '' } }),
    ).toStrictEqual([]);
  });
});
