/**
 * Writes a changed value and keeps the spelling of unchanged numbers: `60.0`, `1e3` and twenty digits stay as they were
 * written.
 */
import { isValueObject, type ValueObject } from '../../../policy/messages/value.ts';
import { alignItems } from '../rewrite/align.ts';
import type { Value } from '../value.ts';
import { JsonReader, numberOf, quoteJson } from './integers.ts';

/** @param text that `before` was read from */
export function rewriteJson(text: string, before: Value, after: Value): string {
  const tokens = new JsonReader<Tokens>(text, (token) => new NumberToken(token)).value();
  return new JsonRewriter(before, tokens).write(after, { value: before, tokens });
}

class NumberToken {
  readonly text: string;
  readonly value: number | bigint;

  constructor(text: string) {
    this.text = text;
    this.value = numberOf(text);
  }
}

/** Parses a text and keeps the tokens of numbers. */
type Tokens = null | boolean | string | NumberToken | readonly Tokens[] | { readonly [key: string]: Tokens };

/** A part of the original value, with its part of the text. */
interface Origin {
  readonly value: Value;
  readonly tokens: Tokens;
}

class JsonRewriter {
  /** Lists and maps by identity, to find those that moved. */
  readonly #known = new Map<object, Origin>();

  constructor(before: Value, tokens: Tokens) {
    this.#learn({ value: before, tokens });
  }

  #learn(origin: Origin): void {
    const { value } = origin;
    if (Array.isArray(value)) for (const i of value.keys()) this.#learn(itemOf(origin, i));
    else if (isValueObject(value)) for (const key of Object.keys(value)) this.#learn(memberOf(origin, key));
    else return;
    this.#known.set(value, origin);
  }

  write(value: Value, place: Origin | undefined): string {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array)
      return writeScalar(value, place?.tokens);
    const origin = this.#known.get(value) ?? place;
    if (!Array.isArray(value)) return this.#map(value as ValueObject, origin);
    const before = Array.isArray(origin?.value) ? origin.value : [];
    const indices = alignItems(before, value);
    const items = value.map((item, i) => this.write(item, origin && itemOf(origin, indices[i] ?? -1)));
    return `[${items.join(',')}]`;
  }

  #map(map: ValueObject, origin: Origin | undefined): string {
    const entries = Object.entries(map).map(
      ([key, item]) => `${JSON.stringify(key)}:${this.write(item, origin && memberOf(origin, key))}`,
    );
    return `{${entries.join(',')}}`;
  }
}

function writeScalar(value: null | boolean | number | bigint | string | Uint8Array, tokens?: Tokens): string {
  return tokens instanceof NumberToken && Object.is(tokens.value, value) ? tokens.text : quoteJson(value);
}

const itemOf = ({ value, tokens }: Origin, index: number): Origin => ({
  value: (Array.isArray(value) ? value[index] : undefined) ?? null,
  tokens: (Array.isArray(tokens) ? tokens[index] : undefined) ?? null,
});

function memberOf({ value, tokens }: Origin, key: string): Origin {
  const has = isValueObject(value) && Object.hasOwn(value, key);
  if (!has) return { value: null, tokens: null };
  return { value: value[key] ?? null, tokens: (tokens as { readonly [key: string]: Tokens })[key] ?? null };
}
