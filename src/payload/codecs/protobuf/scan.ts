/**
 * Scans a Protobuf message by its descriptor before the library reads it. It counts the objects that the library would
 * create, follows `Any` into its content, and rejects fields of the wrong wire type, which the library would misread.
 */
import { isUtf8 } from 'node:buffer';
import type { DescMessage, Registry } from '@bufbuild/protobuf';
import { malformed, unsupported } from '../error.ts';
import { type CodecLimits, tooDeep, tooManyItems } from '../limits.ts';
import { hasOwnJson } from './names.ts';
import { implicitFields, type WirePlan, wirePlan } from './wire.ts';

export interface ScanOptions {
  readonly limits: CodecLimits;
  /** Finds the messages that an `Any` may contain. */
  readonly registry: Registry;
  /** Absent fields will be written with their defaults. */
  readonly writesDefaults: boolean;
}

export interface Scan {
  /** There are unknown fields that the library cannot keep. See `hidden.ts`. */
  readonly hasHidden: boolean;
}

/** @throws CodecError */
export function scanProtobuf(message: DescMessage, bytes: Uint8Array, options: ScanOptions): Scan {
  const scanner = new Scanner(bytes, options);
  scanner.message(message, bytes.length, 0);
  return scanner;
}

const WIRE = { varint: 0, fixed64: 1, sized: 2, group: 3, endGroup: 4, fixed32: 5 } as const;

class Scanner {
  readonly #bytes: Uint8Array;
  readonly #options: ScanOptions;
  #at = 0;
  #items = 0;
  hasHidden = false;

  constructor(bytes: Uint8Array, options: ScanOptions) {
    this.#bytes = bytes;
    this.#options = options;
  }

  message(message: DescMessage, end: number, depth: number): void {
    this.#enter(message, depth);
    if (message.typeName === 'google.protobuf.Any') this.#any(message, end, depth);
    else while (this.#at < end) this.#field(message, end, depth);
  }

  #enter(message: DescMessage, depth: number): void {
    const { limits, writesDefaults } = this.#options;
    if (depth >= limits.maxDepth) throw tooDeep(limits);
    if (writesDefaults) this.#count(implicitFields(message));
  }

  #count(items: number): void {
    this.#items += items;
    if (this.#items > this.#options.limits.maxItems) throw tooManyItems(this.#options.limits);
  }

  #field(message: DescMessage, end: number, depth: number): void {
    const tag = this.#varint(end);
    const number = tag >>> 3;
    const type = tag & 7;
    if (number === 0) throw malformed('has a field number 0');
    this.#count(1);
    const plan = wirePlan(message, number);
    if (plan === undefined) this.#skipUnknown(message, type, number, end, depth);
    else if (type === WIRE.sized) this.#sized(plan, this.#length(end), depth);
    else if (type === WIRE.group && plan.isGroup) this.#group(plan.message, number, end, depth);
    else if (type === plan.type) this.#skip(type, number, end, depth);
    else throw malformed('has a field of the wrong wire type');
  }

  /** Scans the content of a length-delimited field. */
  #sized(plan: WirePlan, end: number, depth: number): void {
    if (plan.packed !== undefined) this.#packed(plan.packed, end);
    else if (plan.type !== WIRE.sized) throw malformed('has a field of the wrong wire type');
    else if (plan.map !== undefined) this.#entry(plan.map, end, depth + 1);
    else if (plan.message !== undefined) this.message(plan.message, end, depth + 1);
    else if (plan.isText === true) this.#checkText(end);
    this.#at = end;
  }

  /** In proto2 messages, the library accepts invalid bytes and replaces them by U+FFFD. */
  #checkText(end: number): void {
    if (!isUtf8(this.#bytes.subarray(this.#at, end))) throw malformed('has text that is not valid UTF-8');
  }

  /** Scans the elements of a packed repeated field. */
  #packed(size: number | 'varint', end: number): void {
    if (size !== 'varint') {
      if ((end - this.#at) % size !== 0) throw malformed('has a packed field of the wrong length');
      this.#count((end - this.#at) / size);
      return;
    }
    while (this.#at < end) {
      this.#count(1);
      this.#varint(end);
    }
  }

  /** Scans a map entry: field 1 is the key, field 2 is the value. */
  #entry({ key, value }: NonNullable<WirePlan['map']>, end: number, depth: number): void {
    while (this.#at < end) {
      const tag = this.#varint(end);
      const number = tag >>> 3;
      const type = tag & 7;
      const plan = number === 1 ? key : number === 2 ? value : undefined;
      if (plan !== undefined && plan.type !== type) throw malformed('has a field of the wrong wire type');
      if (plan !== undefined && type === WIRE.sized) this.#sized(plan, this.#length(end), depth);
      else {
        if (plan === undefined) this.hasHidden = true;
        this.#skip(type, number, end, depth);
      }
    }
  }

  #skipUnknown(message: DescMessage, type: number, number: number, end: number, depth: number): void {
    if (hasOwnJson(message)) this.hasHidden = true;
    this.#skip(type, number, end, depth);
  }

  #group(message: DescMessage | undefined, number: number, end: number, depth: number): void {
    if (depth >= this.#options.limits.maxDepth) throw tooDeep(this.#options.limits);
    if (message !== undefined) this.#enter(message, depth + 1);
    for (;;) {
      const start = this.#at;
      const tag = this.#varint(end);
      if ((tag & 7) === WIRE.endGroup) {
        if (tag >>> 3 !== number) throw malformed('has a group that ends wrongly');
        return;
      }
      this.#count(1);
      if (message === undefined) this.#skip(tag & 7, tag >>> 3, end, depth + 1);
      else {
        this.#at = start;
        this.#field(message, end, depth + 1);
      }
    }
  }

  /** Skips a scalar or unknown field. */
  #skip(type: number, number: number, end: number, depth: number): void {
    if (type === WIRE.varint) this.#varint(end);
    else if (type === WIRE.fixed64) this.#jump(8, end);
    else if (type === WIRE.fixed32) this.#jump(4, end);
    else if (type === WIRE.sized) this.#at = this.#length(end);
    else if (type === WIRE.group) this.#group(undefined, number, end, depth);
    else throw malformed('has a field of an unknown wire type');
  }

  #jump(size: number, end: number): void {
    if (size > end - this.#at) throw malformed('ends too early');
    this.#at += size;
  }

  /** Reads the low 32 bits of a varint. */
  #varint(end: number): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#at >= end) throw malformed('ends too early');
      const byte = this.#bytes[this.#at++] as number;
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw malformed('has an integer of more than 64 bits');
  }

  /** Reads a length; returns where the content ends. */
  #length(end: number): number {
    const length = this.#varint(end);
    if (length > end - this.#at) throw malformed('ends too early');
    return this.#at + length;
  }

  /** The library decodes the content of an `Any` when it writes JSON. */
  #any(any: DescMessage, end: number, depth: number): void {
    let type = '';
    let content: readonly [start: number, end: number] | undefined;
    while (this.#at < end) {
      const tag = this.#varint(end);
      this.#count(1);
      if ((tag & 7) !== WIRE.sized) {
        if (wirePlan(any, tag >>> 3) !== undefined) throw malformed('has a field of the wrong wire type');
        this.#skip(tag & 7, tag >>> 3, end, depth);
        continue;
      }
      const fieldEnd = this.#length(end);
      if (tag >>> 3 === 1) {
        this.#checkText(fieldEnd);
        type = Buffer.from(this.#bytes.subarray(this.#at, fieldEnd)).toString();
      }
      if (tag >>> 3 === 2) content = [this.#at, fieldEnd];
      this.#at = fieldEnd;
    }
    if (type !== '') this.#anyContent(type, content ?? [end, end], depth);
    this.#at = end;
  }

  #anyContent(type: string, [start, end]: readonly [number, number], depth: number): void {
    const message = this.#options.registry.getMessage(type.slice(type.lastIndexOf('/') + 1));
    if (message === undefined) throw unsupported('has an Any of a message that is not in the descriptor set');
    this.#at = start;
    this.message(message, end, depth + 1);
  }
}
