/** A cursor over the elements of MessagePack. */
import { ByteCursor } from '../byte-cursor.ts';
import { shortFloat32 } from '../short-float.ts';
import { integer } from '../value.ts';

export class MsgpackCursor extends ByteCursor {
  /** Reads a length or an unsigned integer of 1, 2 or 4 bytes. */
  length(size: number): number {
    const start = this.skip(size);
    if (size === 1) return this.view.getUint8(start);
    return size === 2 ? this.view.getUint16(start) : this.view.getUint32(start);
  }

  unsigned(size: number): number | bigint {
    return size === 8 ? integer(this.view.getBigUint64(this.skip(8))) : this.length(size);
  }

  signed(size: number): number | bigint {
    const start = this.skip(size);
    if (size === 1) return this.view.getInt8(start);
    if (size === 2) return this.view.getInt16(start);
    return size === 4 ? this.view.getInt32(start) : integer(this.view.getBigInt64(start));
  }

  /** Reads a float; 32 bits in the shortest decimal form. */
  float(size: number): number {
    const start = this.skip(size);
    return size === 4 ? shortFloat32(this.view.getFloat32(start)) : this.view.getFloat64(start);
  }
}
