/**
 * Writes a changed value based on the bytes it was read from. Unchanged parts are copied byte by byte. They keep details
 * that a {@link Value} does not show, such as the width of a float or an extension type.
 */
import { isValueObject, type ValueObject } from '../../../policy/messages/value.ts';
import type { Value } from '../value.ts';
import { alignItems } from './align.ts';

export type Kind = 'list' | 'map';

/** Writes the head of a list or map. */
export interface Container {
  readonly kind: Kind;
  /** Number of items or entries; `undefined` for an indefinite length. */
  readonly size: number | undefined;
}

/** The original bytes, read once from front to end. */
export interface Source {
  readonly at: number;
  /** Skips an item. */
  skip(): void;
  /** Skips the head if the next item is a list or map; otherwise skips nothing. */
  enter(): Container | undefined;
  /** Skips the end mark of an indefinite container, if it is next. */
  isEnd(): boolean;
  /** Skips a key. */
  key(): { readonly name: string; readonly isText: boolean };
}

export interface Sink {
  /** Copies a range of the original bytes. */
  copy(start: number, end: number): void;
  item(value: Value): void;
  /** @param mayBeInteger whether all other keys of the map are integers */
  key(name: string, mayBeInteger: boolean): void;
  open(kind: Kind, size: number): void;
  /** Opens a changed container whose original head began there. */
  reopen(container: Container, size: number, start: number): void;
  close(container: Container): void;
}

type Span = readonly [start: number, end: number];

export class Rewriter {
  readonly #begin: () => Source;
  readonly #sink: Sink;
  readonly #before: Value;
  /** Original ranges of lists, maps and bytes, by identity. Used only for those that moved. */
  #spans: Map<object, Span> | undefined;

  /** @param begin returns the source of `before`, at its start */
  constructor(begin: () => Source, sink: Sink, before: Value) {
    this.#begin = begin;
    this.#sink = sink;
    this.#before = before;
  }

  rewrite(after: Value): void {
    this.#item(this.#begin(), this.#before, after);
  }

  #item(source: Source, before: Value, after: Value): void {
    const start = source.at;
    if (Object.is(before, after)) {
      source.skip();
      this.#sink.copy(start, source.at);
      return;
    }
    const container = areBothContainers(before, after) ? source.enter() : undefined;
    if (container === undefined) {
      source.skip();
      this.#fresh(after);
    } else if (Array.isArray(after)) this.#list(source, before as readonly Value[], after, container, start);
    else this.#map(source, before as ValueObject, after as ValueObject, container, start);
  }

  #list(
    source: Source,
    before: readonly Value[],
    after: readonly Value[],
    container: Container,
    start: number,
  ): void {
    this.#sink.reopen(container, after.length, start);
    let next = 0;
    for (const [place, index] of alignItems(before, after).entries()) {
      const item = after[place] as Value;
      if (index === -1) {
        this.#fresh(item);
        continue;
      }
      for (; next < index; next++) source.skip();
      next++;
      this.#item(source, before[index] as Value, item);
    }
    for (; next < before.length; next++) source.skip();
    if (container.size === undefined) source.isEnd();
    this.#sink.close(container);
  }

  /** Existing entries keep their order; new ones follow. */
  #map(source: Source, before: ValueObject, after: ValueObject, container: Container, start: number): void {
    const names = Object.keys(after);
    this.#sink.reopen(container, names.length, start);
    let hasTextKeys = false;
    let entries = 0;
    for (; isThereMore(source, container, entries); entries++) {
      const keyStart = source.at;
      const { name, isText } = source.key();
      hasTextKeys ||= isText;
      if (Object.hasOwn(after, name)) {
        this.#sink.copy(keyStart, source.at);
        this.#item(source, before[name] as Value, after[name] as Value);
      } else source.skip();
    }
    for (const name of names) {
      if (Object.hasOwn(before, name)) continue;
      this.#sink.key(name, entries > 0 && !hasTextKeys);
      this.#fresh(after[name] as Value);
    }
    this.#sink.close(container);
  }

  /** Writes a new value: created by a rule, or moved from another place in the payload. */
  #fresh(value: Value): void {
    if (typeof value !== 'object' || value === null) {
      this.#sink.item(value);
      return;
    }
    const span = this.#spanOf(value);
    if (span !== undefined) this.#sink.copy(...span);
    else if (value instanceof Uint8Array) this.#sink.item(value);
    else if (Array.isArray(value)) {
      this.#sink.open('list', value.length);
      for (const item of value) this.#fresh(item);
    } else {
      const entries = Object.entries(value);
      this.#sink.open('map', entries.length);
      for (const [name, item] of entries) {
        this.#sink.key(name, false);
        this.#fresh(item);
      }
    }
  }

  #spanOf(value: object): Span | undefined {
    if (this.#spans === undefined) {
      this.#spans = new Map();
      locate(this.#begin(), this.#before, this.#spans);
    }
    return this.#spans.get(value);
  }
}

function areBothContainers(before: Value, after: Value): boolean {
  if (Array.isArray(before)) return Array.isArray(after);
  return isValueObject(before) && isValueObject(after);
}

function isThereMore(source: Source, { size }: Container, entries: number): boolean {
  return size === undefined ? !source.isEnd() : entries < size;
}

function locate(source: Source, value: Value, spans: Map<object, Span>): void {
  const start = source.at;
  const container = isValueObject(value) || Array.isArray(value) ? source.enter() : undefined;
  if (container === undefined) source.skip();
  else {
    for (let i = 0; isThereMore(source, container, i); i++) {
      const name = container.kind === 'map' ? source.key().name : i;
      locate(source, (value as Readonly<Record<string, Value>>)[name] as Value, spans);
    }
  }
  if (typeof value === 'object' && value !== null) spans.set(value, [start, source.at]);
}
