/**
 * Texts with placeholders such as `${clientid}`, compiled once. Unlike in a topic template, values are not restricted:
 * the caller's encoder handles them.
 */

export type TextValues = Readonly<Record<string, string | undefined>>;

export interface TextTemplate {
  readonly source: string;
  /** Literal texts and names of values. */
  readonly parts: readonly (string | { readonly name: string })[];
}

const PLACEHOLDER = /\$\{([^}]*)\}/g;

/**
 * Compiles a text.
 *
 * @throws TypeError if it names a value that is not in `names`; the message lists them.
 */
export function compileText(source: string, names: readonly string[]): TextTemplate {
  const parts: (string | { name: string })[] = [];
  let rest = 0;
  for (const found of source.matchAll(PLACEHOLDER)) {
    const name = found[1] ?? '';
    if (name !== '$' && !names.includes(name))
      throw new TypeError(`unknown placeholder \${${name}}: use one of ${listNames(names)}`);
    if (found.index > rest) parts.push(source.slice(rest, found.index));
    // EMQX's escape for a literal dollar sign.
    parts.push(name === '$' ? '$' : { name });
    rest = found.index + found[0].length;
  }
  if (rest < source.length) parts.push(source.slice(rest));
  return { source, parts };
}

/** Renders the text; the encoder is applied to each value. A missing value is empty, as in EMQX. */
export function renderText(
  template: TextTemplate,
  values: TextValues,
  encode: (value: string) => string = same,
): string {
  return template.parts
    .map((part) => (typeof part === 'string' ? part : encode(values[part.name] ?? '')))
    .join('');
}

/** Reports whether all values of the text are present and not empty. */
export function isComplete(template: TextTemplate, values: TextValues): boolean {
  return template.parts.every((part) => typeof part === 'string' || Boolean(values[part.name]));
}

function same(value: string): string {
  return value;
}

function listNames(names: readonly string[]): string {
  return names.map((name) => `\${${name}}`).join(', ');
}
