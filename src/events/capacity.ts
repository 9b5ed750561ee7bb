/** How much there is of something that is bounded by number and bytes. */
export class Capacity {
  events = 0;
  bytes = 0;
  readonly maxEvents: number;
  readonly maxBytes: number;

  constructor(maxEvents: number, maxBytes: number) {
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
  }

  get isOver(): boolean {
    return this.events > this.maxEvents || this.bytes > this.maxBytes;
  }

  /** Whether one more, of so many bytes, fits. */
  fits(bytes: number): boolean {
    return this.events < this.maxEvents && this.bytes + bytes <= this.maxBytes;
  }

  add(bytes: number): void {
    this.events++;
    this.bytes += bytes;
  }

  remove(bytes: number): void {
    this.events--;
    this.bytes -= bytes;
  }
}
