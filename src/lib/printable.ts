/**
 * Makes text from clients safe to show: no terminal control, nothing invisible. Client ids, topics and
 * payloads may contain escapes that move the cursor or set the title, reverse the writing direction, or stand
 * for a line break.
 */

/**
 * Controls, format characters such as bidi overrides and zero-width characters, line separators, and lone
 * surrogates.
 */
const invisible =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/u;
const everyInvisible = new RegExp(invisible, 'gu');
/** Fast path: most texts have no possibly invisible characters. */
const plain = /^[\x20-\x7e]*$/;

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Returns the text on one line, with escapes such as `\n`, `\x9b` and `\u{202e}` for invisible characters.
 */
export function printable(text: string): string {
  return plain.test(text) ? text : text.replace(everyInvisible, escapeCharacter);
}

export interface PrintablePart {
  readonly text: string;
  /** Whether it stands for an invisible character. */
  readonly isEscape: boolean;
}

/**
 * Returns the result of {@link printable} in parts, to show escapes as such. @param keepLines whether to keep
 * line breaks
 */
export function splitPrintable(text: string, keepLines = false): PrintablePart[] {
  if (plain.test(text)) return [{ text, isEscape: false }];
  const parts: PrintablePart[] = [];
  let from = 0;
  for (const { 0: character, index } of text.matchAll(everyInvisible)) {
    if (keepLines && character === '\n') continue;
    if (index > from) parts.push({ text: text.slice(from, index), isEscape: false });
    parts.push({ text: escapeCharacter(character), isEscape: true });
    from = index + character.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), isEscape: false });
  return parts;
}

/** Like {@link printable}, but keeps line breaks. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** Reports whether all of a text is visible. */
export function isPrintable(text: string): boolean {
  return plain.test(text) || !invisible.test(text);
}

/** SGR, the control that colours text. [ECMA-48, section 8.3.117] */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it looks for
const painted = /(\u001b\[[\d;]*m)/;

/** Like {@link printable}, but keeps our own colours. Client text in it must already be {@link printable}. */
export function printablePainted(text: string): string {
  const parts = text.split(painted);
  return parts.map((part, i) => (i % 2 === 1 ? part : printableLines(part))).join('');
}

/** Returns JSON of the same meaning, with JSON escapes. Line breaks between its parts stay. */
export function printableJson(json: string): string {
  // JSON has already escaped the ASCII controls except DEL.
  return json.replace(everyInvisible, (character) =>
    character < ' '
      ? character
      : Array.from({ length: character.length }, (_, i) => jsonUnit(character, i)).join(''),
  );
}

function jsonUnit(character: string, index: number): string {
  return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  return named[character] ?? (code > 0xff ? `\\u{${digits}}` : `\\x${digits.padStart(2, '0')}`);
}
