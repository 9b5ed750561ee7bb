/**
 * Resolves `\p{..}`. The platform's engine decides which names exist, because it knows all of ECMA-262; RE2
 * knows short categories, scripts and most other properties. For names that RE2 lacks, the characters are
 * collected from the platform, which takes some 50 ms once.
 */
import { complement, type Ranges, writeRanges } from './code-points.ts';
import { isKnownProperty } from './engine.ts';

/** A property written for use inside `[]`, and its complement. */
export interface Property {
  readonly has: string;
  readonly hasNot: string;
}

/** Only names that the platform knows are cached, so there are few. */
const known = new Map<string, Property | undefined>();

/** Finds a property such as `Letter`, `Lu` or `Script=Greek`; `undefined` when the name is unknown. */
export function findProperty(name: string): Property | undefined {
  if (!known.has(name) && isName(name)) known.set(name, writeProperty(name));
  return known.get(name);
}

function isName(name: string): boolean {
  if (!/^[A-Za-z_]+(?:=[A-Za-z_0-9]+)?$/.test(name)) return false;
  try {
    return new RegExp(`\\p{${name}}`, 'u').unicode;
  } catch {
    return false;
  }
}

function writeProperty(name: string): Property {
  const value = name.replace(/^(?:General_Category|gc|Script|sc)=/, '');
  const short = shortCategories[value] ?? value;
  if (isKnownProperty(short)) return { has: `\\p{${short}}`, hasNot: `\\P{${short}}` };
  const ranges = rangesOf(new RegExp(`\\p{${name}}+`, 'gu'));
  return { has: writeRanges(ranges), hasNot: writeRanges(complement(ranges)) };
}

/** Long names of the general categories; RE2 knows the short ones. */
const shortCategories: Readonly<Record<string, string>> = {
  Cased_Letter: 'LC',
  Close_Punctuation: 'Pe',
  Connector_Punctuation: 'Pc',
  Control: 'Cc',
  Currency_Symbol: 'Sc',
  Dash_Punctuation: 'Pd',
  Decimal_Number: 'Nd',
  Enclosing_Mark: 'Me',
  Final_Punctuation: 'Pf',
  Format: 'Cf',
  Initial_Punctuation: 'Pi',
  Letter: 'L',
  Letter_Number: 'Nl',
  Line_Separator: 'Zl',
  Lowercase_Letter: 'Ll',
  Mark: 'M',
  Math_Symbol: 'Sm',
  Modifier_Letter: 'Lm',
  Modifier_Symbol: 'Sk',
  Nonspacing_Mark: 'Mn',
  Number: 'N',
  Open_Punctuation: 'Ps',
  Other: 'C',
  Other_Letter: 'Lo',
  Other_Number: 'No',
  Other_Punctuation: 'Po',
  Other_Symbol: 'So',
  Paragraph_Separator: 'Zp',
  Private_Use: 'Co',
  Punctuation: 'P',
  Separator: 'Z',
  Space_Separator: 'Zs',
  Spacing_Mark: 'Mc',
  Surrogate: 'Cs',
  Symbol: 'S',
  Titlecase_Letter: 'Lt',
  Unassigned: 'Cn',
  Uppercase_Letter: 'Lu',
};

/** Surrogates are not characters: no text contains one. */
const GAP = 0xd800;
const AFTER_GAP = 0xe000;
const GAP_SIZE = AFTER_GAP - GAP;
/** Divides the gap from the rest. */
const BLOCK = 0x800;
/** Offset of the two-unit characters in the text of all characters. */
const ASTRAL = 0x10000 - GAP_SIZE;

/** Returns runs of matches in a text of all characters, in order. */
function rangesOf(expression: RegExp): Ranges {
  const ranges: [number, number][] = [];
  const text = allCharacters();
  for (const { index, 0: run } of text.matchAll(expression)) {
    const from = pointAt(index);
    const to = pointAt(index + run.length - (index + run.length > ASTRAL ? 2 : 1));
    ranges.push([from, to]);
  }
  return ranges;
}

function pointAt(index: number): number {
  if (index < GAP) return index;
  return index < ASTRAL ? index + GAP_SIZE : 0x10000 + ((index - ASTRAL) >> 1);
}

function allCharacters(): string {
  const parts: string[] = [];
  for (let start = 0; start <= 0x10ffff; start += BLOCK) {
    if (start >= GAP && start < AFTER_GAP) continue;
    parts.push(String.fromCodePoint(...Array.from({ length: BLOCK }, (_, i) => start + i)));
  }
  return parts.join('');
}
