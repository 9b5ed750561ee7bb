/** Determines the draft of a schema, and thereby its keywords. */
import { isSchemaObject, keywordOf } from './schema.ts';
import {
  annotations,
  type Draft,
  draftKeywords,
  type Vocabulary,
  vocabularies,
  vocabularyOf,
} from './vocabulary.ts';

export type { Draft } from './vocabulary.ts';

export interface Dialect {
  readonly draft: Draft;
  /** Keywords that check something. */
  readonly keywords: ReadonlySet<string>;
  /** The meta-schema itself requires that formats are checked. */
  readonly assertsFormat: boolean;
}

export const LATEST: Draft = '2020-12';

/** `$schema` of each draft as specified, without a fragment. */
export const draftUris: Readonly<Record<Draft, string>> = {
  '04': 'http://json-schema.org/draft-04/schema',
  '06': 'http://json-schema.org/draft-06/schema',
  '07': 'http://json-schema.org/draft-07/schema',
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
};

const SPELLING =
  /^https?:\/\/(?:www\.)?json-schema\.org\/(?:draft-(04|06|07)|draft\/(2019-09|2020-12))\/schema\/?#?\/?$/i;

/** Returns the draft of a URI in any common spelling: http or https, with or without `#`. */
export function draftOf(uri: string): Draft | undefined {
  const [, old, recent] = SPELLING.exec(uri) ?? [];
  return (old ?? recent) as Draft | undefined;
}

const plain = new Map<Draft, Dialect>();

export function dialectOfDraft(draft: Draft): Dialect {
  let dialect = plain.get(draft);
  if (dialect === undefined) {
    dialect = { draft, keywords: new Set(draftKeywords(draft)), assertsFormat: false };
    plain.set(draft, dialect);
  }
  return dialect;
}

/**
 * Returns the dialect of a custom meta-schema, by its `$vocabulary`.
 *
 * @throws TypeError for a vocabulary that is required but unknown
 */
export function dialectOfMetaSchema(metaSchema: unknown, base: Dialect): Dialect {
  const listed = isSchemaObject(metaSchema) ? keywordOf(metaSchema, '$vocabulary') : undefined;
  if (!isSchemaObject(listed)) return base;
  const names = new Set<Vocabulary>(['core']);
  for (const [uri, isRequired] of Object.entries(listed)) {
    const name = vocabularyOf(uri);
    if (name !== undefined) names.add(name);
    else if (isRequired === true) throw new TypeError(`the vocabulary ${uri} is required but unknown`);
  }
  const keywords = [...names].flatMap((name) => vocabularies(base.draft)[name] ?? []);
  return { draft: base.draft, keywords: new Set(keywords), assertsFormat: names.has('format-assertion') };
}

/** Reports whether the keyword has a meaning in any draft, or is an extension (`x-`). */
export function isKnownKeyword(keyword: string, { draft, keywords }: Dialect): boolean {
  return (
    keywords.has(keyword) ||
    annotations.has(keyword) ||
    keyword.startsWith('x-') ||
    keyword === (draft === '04' ? 'id' : '$id')
  );
}
