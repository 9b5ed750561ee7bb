/** The sections that a candidate policy may hold: those that can change while the server runs. */
import type { Config } from '../../config/schema.ts';

export const policySections = ['authenticate', 'authorize', 'publish', 'decisions'] as const;

export type PolicySections = Pick<Config, (typeof policySections)[number]>;

export function pickSections(config: PolicySections): PolicySections {
  const { authenticate, authorize, publish, decisions } = config;
  return { authenticate, authorize, publish, decisions };
}

/** The configuration with the policies of a candidate. */
export function withSections(config: Config, sections: PolicySections): Config {
  return { ...config, ...pickSections(sections) };
}

export type Path = readonly (string | number)[];

/** Every text within a value, with its path. */
export function* textsIn(value: unknown, path: Path = []): Iterable<readonly [Path, string]> {
  if (typeof value === 'string') yield [path, value];
  else if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* textsIn(item, [...path, i]);
  else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array))
    for (const [key, item] of Object.entries(value)) yield* textsIn(item, [...path, key]);
}
