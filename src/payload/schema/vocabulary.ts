/** The keywords of each draft, in the vocabularies of 2019-09 and 2020-12. */

export type Draft = '04' | '06' | '07' | '2019-09' | '2020-12';

export type Vocabulary = 'core' | 'applicator' | 'unevaluated' | 'validation' | 'format' | 'format-assertion';

type Keywords = Readonly<Partial<Record<Vocabulary, readonly string[]>>>;

const validation04 = [
  'type',
  'enum',
  'multipleOf',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'maxProperties',
  'minProperties',
  'required',
];
const applicator04 = [
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'items',
  'additionalItems',
  'properties',
  'patternProperties',
  'additionalProperties',
  // Also in later drafts: their meta-schemas still contain it for old schemas.
  'dependencies',
];
const applicator06 = [...applicator04, 'contains', 'propertyNames'];
const applicator07 = [...applicator06, 'if', 'then', 'else'];
const validation06 = [...validation04, 'const'];
const validation2019 = [...validation06, 'maxContains', 'minContains', 'dependentRequired'];
const unevaluated = ['unevaluatedItems', 'unevaluatedProperties'];
// `nullable` next to `type` comes from OpenAPI. Earlier releases supported it, so it stays.
const nullable = ['nullable'];

const drafts: Readonly<Record<Draft, Keywords>> = {
  '04': {
    core: ['$ref'],
    applicator: applicator04,
    validation: [...validation04, ...nullable],
    format: ['format'],
  },
  '06': {
    core: ['$ref'],
    applicator: applicator06,
    validation: [...validation06, ...nullable],
    format: ['format'],
  },
  '07': {
    core: ['$ref'],
    applicator: applicator07,
    validation: [...validation06, ...nullable],
    format: ['format'],
  },
  '2019-09': {
    core: ['$ref', '$recursiveRef', '$anchor', '$recursiveAnchor'],
    applicator: [...applicator07, 'dependentSchemas', ...unevaluated],
    validation: [...validation2019, ...nullable],
    format: ['format'],
  },
  '2020-12': {
    core: ['$ref', '$dynamicRef', '$anchor', '$dynamicAnchor'],
    applicator: [
      ...applicator07.filter((keyword) => keyword !== 'additionalItems'),
      'prefixItems',
      'dependentSchemas',
    ],
    unevaluated,
    validation: [...validation2019, ...nullable],
    format: ['format'],
    'format-assertion': ['format'],
  },
};

export function vocabularies(draft: Draft): Keywords {
  return drafts[draft];
}

export function draftKeywords(draft: Draft): string[] {
  return Object.values(drafts[draft]).flat();
}

/** Vocabularies of annotations only. */
const descriptive = ['content', 'meta-data', 'format-annotation'];

/** Returns the vocabulary of a URI in `$vocabulary`; `core` for those that check nothing. */
export function vocabularyOf(uri: string): Vocabulary | undefined {
  const [, name] = /^https:\/\/json-schema\.org\/draft\/20(?:19-09|20-12)\/vocab\/([a-z-]+)$/.exec(uri) ?? [];
  if (name === undefined) return undefined;
  if (name === 'format-annotation') return 'format';
  if (descriptive.includes(name)) return 'core';
  return Object.values(drafts).some((keywords) => Object.hasOwn(keywords, name))
    ? (name as Vocabulary)
    : undefined;
}

/** Annotations for people and other programs, and containers of definitions. */
export const annotations: ReadonlySet<string> = new Set([
  '$schema',
  '$comment',
  '$vocabulary',
  '$defs',
  'definitions',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
]);
