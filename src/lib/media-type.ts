/** Media types, as RFC 9110 section 8.3.1 writes them: `text/plain; charset=utf-8; title="a; b"`. */

export interface MediaType {
  /** `type/subtype` in lower case. */
  readonly name: string;
  /** Names in lower case, values without quotes. Of two with the same name the first counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** RFC 9110 section 5.6.2. */
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const name = new RegExp(`^[ \\t]*(${TOKEN}/${TOKEN})[ \\t]*(?=;|$)`);
/** Sections 5.6.3, 5.6.4 and 5.6.6: a semicolon may stand alone. Quoted texts are ASCII only. */
const parameter = new RegExp(
  `[ \\t]*;[ \\t]*(?:(${TOKEN})=(?:(${TOKEN})|"((?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\[\\t \\x21-\\x7e])*)"))?`,
  'y',
);

/** Returns type and subtype alone, `''` if the text has none. Ignores parameters. */
export function mediaTypeName(text: string): string {
  return name.exec(text)?.[1]?.toLowerCase() ?? '';
}

/** Returns `undefined` for a text that is not a media type. */
export function parseMediaType(text: string): MediaType | undefined {
  const found = name.exec(text);
  if (found === null) return undefined;
  const parameters = new Map<string, string>();
  const end = text.trimEnd().length;
  let at = found[0].length;
  while (at < end) {
    parameter.lastIndex = at;
    const [all, key, token, quoted] = parameter.exec(text) ?? [];
    if (all === undefined) return undefined;
    const value = token ?? quoted?.replace(/\\(.)/g, '$1');
    const lower = key?.toLowerCase();
    if (lower !== undefined && value !== undefined && !parameters.has(lower)) parameters.set(lower, value);
    at = parameter.lastIndex;
  }
  return { name: mediaTypeName(text), parameters };
}

/** Returns the name of a type whose only parameter is the charset UTF-8; other texts unchanged. */
export function withoutUtf8(text: string): string {
  const type = parseMediaType(text);
  const isPlain = [...(type?.parameters ?? [])].every(
    ([key, value]) => key === 'charset' && /^utf-?8$/i.test(value),
  );
  return type !== undefined && isPlain ? type.name : text;
}
