import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyPatch } from './json-patch.ts';
import { render } from './kustomize.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'exhook-kustomize-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const kustomization = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };
const component = { apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component' };
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'a' },
  spec: { ports: [{ port: 1 }] },
};

/** Renders files given as values, starting with `kustomization.yaml`. */
function rendered(files: Readonly<Record<string, unknown>>): unknown {
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return render(directory);
}

describe('the small kustomize', () => {
  it('gives resources a namespace, and leaves the namespace itself alone', () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } };
    const files = {
      'kustomization.yaml': { ...kustomization, namespace: 'n', resources: ['a.yaml', 'n.yaml'] },
      'a.yaml': service,
      'n.yaml': namespace,
    };
    expect(rendered(files)).toStrictEqual([
      { ...service, metadata: { name: 'a', namespace: 'n' } },
      namespace,
    ]);
  });

  it('generates ConfigMaps, and replaces those of the base', () => {
    const files = {
      'base/kustomization.yaml': { ...kustomization, configMapGenerator: [{ name: 'c', files: ['x'] }] },
      'base/x': 'old',
      'kustomization.yaml': {
        ...kustomization,
        resources: ['base'],
        configMapGenerator: [{ name: 'c', behavior: 'replace', files: ['x'] }],
      },
      x: 'new',
    };
    expect(rendered(files)).toMatchObject([{ kind: 'ConfigMap', data: { x: 'new' } }]);
  });

  it('lets components patch and delete existing resources', () => {
    const patch = [{ op: 'replace', path: '/spec/ports/0/port', value: 2 }];
    const target = { kind: 'Service|Other', name: 'a' };
    const files = {
      'kustomization.yaml': { ...kustomization, resources: ['a.yaml', 'b.yaml'], components: ['c'] },
      'a.yaml': service,
      'b.yaml': { ...service, metadata: { name: 'b' } },
      'c/kustomization.yaml': {
        ...component,
        patches: [
          { target, path: 'patch.yaml' },
          { target: { kind: 'Service', name: 'b' }, patch: '$patch: delete' },
        ],
      },
      'c/patch.yaml': patch,
    };
    expect(rendered(files)).toStrictEqual([{ ...service, spec: { ports: [{ port: 2 }] } }]);
  });

  it('names images', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [{ image: 'i:old' }] },
    };
    const images = [{ name: 'i', newName: 'registry:5000/i', newTag: '2' }];
    const files = {
      'kustomization.yaml': { ...kustomization, resources: ['p.yaml'], images },
      'p.yaml': pod,
    };
    expect(rendered(files)).toMatchObject([{ spec: { containers: [{ image: 'registry:5000/i:2' }] } }]);
  });

  it.each([
    ['a key that is not known', { ...kustomization, resource: ['a.yaml'] }],
    ['a resource that is not there', { ...kustomization, resources: ['b.yaml'] }],
    ['a component among the resources', { ...component, resources: ['c'] }],
    [
      'a patch that finds nothing',
      {
        ...kustomization,
        resources: ['a.yaml'],
        patches: [{ target: { kind: 'Service', name: 'b' }, patch: '[]' }],
      },
    ],
    [
      'a patch that changes the kind without saying so',
      {
        ...kustomization,
        resources: ['a.yaml'],
        patches: [
          { target: { kind: 'Service', name: 'a' }, patch: '[{ op: replace, path: /kind, value: Other }]' },
        ],
      },
    ],
    [
      'a ConfigMap that replaces none',
      { ...kustomization, configMapGenerator: [{ name: 'c', behavior: 'replace', files: ['a.yaml'] }] },
    ],
    ['a wrong version', { ...kustomization, apiVersion: 'v1' }],
  ])('refuses %s', (_, content) => {
    expect(() => rendered({ 'kustomization.yaml': content, 'a.yaml': service })).toThrow();
  });
});

describe('the small JSON Patch', () => {
  it('adds, replaces and removes', () => {
    const target = { a: { 'b/c': [1, 2] }, d: 1 };
    applyPatch(target, [
      { op: 'add', path: '/a/b~1c/-', value: 3 },
      { op: 'add', path: '/a/b~1c/0', value: 0 },
      { op: 'remove', path: '/a/b~1c/1' },
      { op: 'replace', path: '/d', value: 2 },
      { op: 'add', path: '/e', value: {} },
    ]);
    expect(target).toStrictEqual({ a: { 'b/c': [0, 2, 3] }, d: 2, e: {} });
  });

  it.each([
    { op: 'replace', path: '/b', value: 1 },
    { op: 'remove', path: '/b' },
    { op: 'add', path: '/b/c', value: 1 },
    { op: 'replace', path: '/list/-', value: 1 },
    { op: 'move', path: '/a', value: 1 },
    { op: 'add', path: '/a', valu: 1 },
    { op: 'add', path: 'a', value: 1 },
  ])('refuses %j', (operation) => {
    expect(() => applyPatch({ a: 1, list: [1] }, [operation])).toThrow();
  });
});
