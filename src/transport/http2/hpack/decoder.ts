/** Decodes the header blocks of one connection, in order of arrival (RFC 7541, 3.2 and 6). */
import { BlockReader } from './block-reader.ts';
import { CompressionError } from './compression-error.ts';
import { DynamicTable } from './dynamic-table.ts';
import type { HeaderBlock } from './header-block.ts';
import { fieldSize, type HeaderField } from './header-field.ts';
import { MAX_INTEGER, readInteger } from './integer.ts';
import { RememberedBlocks } from './remembered-blocks.ts';
import { staticTable } from './static-table.ts';
import { readString } from './string-literal.ts';

export interface HeaderDecoderOptions {
  /** Our SETTINGS_HEADER_TABLE_SIZE, in octets. */
  readonly maxTableSize: number;
  /** Our SETTINGS_MAX_HEADER_LIST_SIZE, in octets. The fields of a larger list are dropped. */
  readonly maxListSize: number;
  /** Most octets of one name or value. Default: what fits in a block, which is never more than 8 / 5 of its octets. */
  readonly maxStringLength?: number;
}

/** The maximum table size until the peer has read our SETTINGS (RFC 9113, 6.5.2), in octets. */
const INITIAL_TABLE_SIZE = 4096;

/** First octets of the representations (6): the first set bit tells the kind. */
const INDEXED = 0x80;
const INCREMENTAL_INDEXING = 0x40;
const SIZE_UPDATE = 0x20;

/** Bits of the index or size in the first octet. */
const INDEXED_PREFIX = 7;
const INCREMENTAL_INDEXING_PREFIX = 6;
const SIZE_UPDATE_PREFIX = 5;
const LITERAL_PREFIX = 4;

/** The fields of the block being decoded. */
interface Draft {
  readonly reader: BlockReader;
  fields: HeaderField[];
  size: number;
  isIndexedOnly: boolean;
}

export class HeaderDecoder {
  readonly #table = new DynamicTable(INITIAL_TABLE_SIZE);
  readonly #remembered = new RememberedBlocks();
  readonly #maxListSize: number;
  readonly #maxStringLength: number;
  readonly #announced: number;
  /** The largest size that the peer may choose. */
  #limit: number;
  /** Set if the next block must begin with a size update to at most this size. */
  #requiredUpdate: number | undefined;

  constructor({ maxListSize, maxStringLength = MAX_INTEGER, maxTableSize }: HeaderDecoderOptions) {
    this.#announced = checkTableSize(maxTableSize);
    // The peer may or may not have read our SETTINGS.
    this.#limit = Math.max(maxTableSize, INITIAL_TABLE_SIZE);
    this.#maxListSize = maxListSize;
    this.#maxStringLength = maxStringLength;
  }

  /**
   * Memory that the peer makes us hold, in bytes: the table and the remembered blocks. An estimate on the high side.
   */
  get bytes(): number {
    return this.#table.bytes + this.#remembered.bytes;
  }

  /**
   * The peer has acknowledged our SETTINGS: their table size holds from its next block on. If that is smaller than the
   * table, the block must begin with a size update (4.2).
   *
   * @param maxTableSize the SETTINGS_HEADER_TABLE_SIZE in them. Default: the one in the options.
   */
  settingsAcknowledged(maxTableSize: number = this.#announced): void {
    this.#limit = checkTableSize(maxTableSize);
    if (maxTableSize >= this.#table.maxSize) return;
    // After several reductions since the last block, the smallest must be signalled.
    this.#requiredUpdate = Math.min(maxTableSize, this.#requiredUpdate ?? maxTableSize);
    this.#remembered.clear();
  }

  /**
   * Decodes a whole block: `octets` from `start` to `end`. Keeps no reference to `octets`.
   *
   * @throws {CompressionError} if it is malformed. The connection must then end: the tables differ.
   */
  decode(octets: Uint8Array, start: number, end: number): HeaderBlock {
    const known = this.#remembered.find(octets, start, end);
    if (known !== undefined) return known;
    const reader = new BlockReader(octets, start, end);
    this.#readSizeUpdates(reader);
    const draft: Draft = { reader, fields: [], size: 0, isIndexedOnly: reader.position === start };
    while (!reader.isAtEnd) this.#add(draft, this.#readField(draft));
    const block = { fields: draft.fields, size: draft.size, isTooLarge: draft.size > this.#maxListSize };
    if (draft.isIndexedOnly) this.#remembered.add(octets, start, end, block);
    return block;
  }

  #add(draft: Draft, field: HeaderField): void {
    draft.size += fieldSize(field);
    if (draft.size <= this.#maxListSize) draft.fields.push(field);
    else if (draft.fields.length > 0) draft.fields = [];
  }

  /** Size updates may only begin a block (4.2). */
  #readSizeUpdates(reader: BlockReader): void {
    while (!reader.isAtEnd && reader.peekOctet() >>> SIZE_UPDATE_PREFIX === 1) this.#readSizeUpdate(reader);
    if (this.#requiredUpdate !== undefined)
      throw new CompressionError('a size update is missing after SETTINGS (RFC 7541, 4.2)');
  }

  #readSizeUpdate(reader: BlockReader): void {
    const size = readInteger(reader, SIZE_UPDATE_PREFIX);
    if (size > this.#limit) throw new CompressionError('a size update is above our limit (RFC 7541, 6.3)');
    if (this.#requiredUpdate !== undefined && size <= this.#requiredUpdate) this.#requiredUpdate = undefined;
    this.#table.resize(size);
    this.#remembered.clear();
  }

  #readField(draft: Draft): HeaderField {
    const { reader } = draft;
    const first = reader.peekOctet();
    if (first >= INDEXED) return this.#fieldAt(readInteger(reader, INDEXED_PREFIX));
    draft.isIndexedOnly = false;
    if (first >= INCREMENTAL_INDEXING) {
      const field = this.#readLiteral(reader, INCREMENTAL_INDEXING_PREFIX);
      this.#table.insert(field);
      this.#remembered.clear();
      return field;
    }
    if (first >= SIZE_UPDATE) throw new CompressionError('a size update follows a field (RFC 7541, 4.2)');
    // Without indexing and never indexed (6.2.2, 6.2.3) differ only for a party that encodes the field again.
    return this.#readLiteral(reader, LITERAL_PREFIX);
  }

  /** A literal: the name comes from an entry, or is a string if the index is 0 (6.2). */
  #readLiteral(reader: BlockReader, prefixBits: number): HeaderField {
    const index = readInteger(reader, prefixBits);
    const name = index === 0 ? readString(reader, this.#maxStringLength) : this.#fieldAt(index)[0];
    return [name, readString(reader, this.#maxStringLength)];
  }

  /** One index space for both tables (2.3.3): 1 to 61 is the static table, then the dynamic one, newest first. */
  #fieldAt(index: number): HeaderField {
    const field =
      index <= staticTable.length ? staticTable[index - 1] : this.#table.get(index - staticTable.length - 1);
    if (field === undefined)
      throw new CompressionError('an index is in neither table (RFC 7541, 2.3.3 and 6.1)');
    return field;
  }
}

function checkTableSize(size: number): number {
  if (Number.isInteger(size) && size >= 0 && size <= MAX_INTEGER) return size;
  throw new RangeError(`the size of a header table must be an integer from 0 to ${MAX_INTEGER}`);
}
