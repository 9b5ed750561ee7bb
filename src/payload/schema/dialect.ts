/** Which draft a schema is written to, and so which of its keywords mean something. */
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
  /** Does the meta-schema itself ask that formats are checked? */
  readonly assertsFormat: boolean;
}

export const LATEST: Draft = '2020-12';

/** `$schema` of each draft as its specification has it, without a fragment. */
export const draftUris: Readonly<Record<Draft, string>> = {
  '04': 'http://json-schema.org/draft-04/schema',
  '06': 'http://json-schema.org/draft-06/schema',
  '07': 'http://json-schema.org/draft-07/schema',
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
};

const SPELLING =
  /^https?:\/\/(?:www\.)?json-schema\.org\/(?:draft-(04|06|07)|draft\/(2019-09|2020-12))\/schema\/?#?\/?$/i;

/** The draft of a URI in any of the spellings that are met: http or https, with or without `#`. */
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
 * What a meta-schema of one's own makes of its draft, by its `$vocabulary`.
 *
 * @throws TypeError for a vocabulary that is required and not known
 */
export function dialectOfMetaSchema(metaSchema: unknown, base: Dialect): Dialect {
  const listed = isSchemaObject(metaSchema) ? keywordOf(metaSchema, '$vocabulary') : undefined;
  if (!isSchemaObject(listed)) return base;
  const names = new Set<Vocabulary>(['core']);
  for (const [uri, isRequired] of Object.entries(listed)) {
    const name = vocabularyOf(uri);
    if (name !== undefined) names.add(name);
    else if (isRequired === true) throw new TypeError(`the vocabulary ${uri} is required and not known`);
  }
  const keywords = [...names].flatMap((name) => vocabularies(base.draft)[name] ?? []);
  return { draft: base.draft, keywords: new Set(keywords), assertsFormat: names.has('format-assertion') };
}

/** Is the keyword one that means something in any draft, or is nobody's (`x-`)? */
export function isKnownKeyword(keyword: string, { draft, keywords }: Dialect): boolean {
  return (
    keywords.has(keyword) ||
    annotations.has(keyword) ||
    keyword.startsWith('x-') ||
    keyword === (draft === '04' ? 'id' : '$id')
  );
}
