/** kustomization.yaml, as far as ours go. A key that is not listed here is refused, and so is a typo. */
import { resolve } from 'node:path';
import * as z from 'zod';
import { readYaml } from './manifest.ts';

const ConfigMapGenerator = z.strictObject({
  name: z.string(),
  behavior: z.enum(['create', 'replace']).default('create'),
  files: z.array(z.string()).min(1),
});

const Image = z.strictObject({ name: z.string(), newName: z.string(), newTag: z.string() });

const Patch = z
  .strictObject({
    path: z.string().optional(),
    patch: z.string().optional(),
    /** Both are expressions that a name or kind must match whole. */
    target: z.strictObject({ kind: z.string(), name: z.string() }),
    options: z.strictObject({ allowKindChange: z.boolean() }).optional(),
  })
  .refine(
    ({ path, patch }) => (path === undefined) !== (patch === undefined),
    'has path and patch, or neither',
  );

const common = {
  namespace: z.string().optional(),
  resources: z.array(z.string()).default([]),
  components: z.array(z.string()).default([]),
  configMapGenerator: z.array(ConfigMapGenerator).default([]),
  images: z.array(Image).default([]),
  patches: z.array(Patch).default([]),
};

export const Kustomization = z.discriminatedUnion('kind', [
  z.strictObject({
    apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
    kind: z.literal('Kustomization'),
    ...common,
  }),
  z.strictObject({
    apiVersion: z.literal('kustomize.config.k8s.io/v1alpha1'),
    kind: z.literal('Component'),
    ...common,
  }),
]);
export type Kustomization = z.output<typeof Kustomization>;
export type KustomizePatch = Kustomization['patches'][number];

/** @throws ZodError when it is not one. */
export function readKustomization(directory: string): Kustomization {
  const [document, ...others] = readYaml(resolve(directory, 'kustomization.yaml'));
  if (others.length > 0) throw new Error(`${directory}: more than one document`);
  return Kustomization.parse(document);
}
