/** Messages that wait for clients with a session that outlives its connection: bounded, the oldest give way. */
import { Readable } from 'node:stream';

/** A packet that waits; a PUBREL has an id only. */
export interface WaitingPacket {
  readonly cmd?: string;
  readonly brokerId?: string;
  readonly brokerCounter?: number;
  readonly payload?: Buffer | string;
  messageId?: number | undefined;
}

/** `mqtt.max_mqueue_len` of EMQX. */
const MAX_MESSAGES = 1_000;
/** Of the payloads for all clients together. */
const MAX_BYTES = 64 * 1024 * 1024;

export class Outgoing {
  readonly #queues = new Map<string, WaitingPacket[]>();
  #bytes = 0;

  add(clientId: string, packet: WaitingPacket): void {
    const queue = this.#queues.get(clientId) ?? [];
    this.#queues.set(clientId, queue);
    if (queue.length >= MAX_MESSAGES) this.#takeOut(queue, 0);
    this.#bytes += sizeOf(packet);
    queue.push({ ...packet });
    // Over the limit for all it is this client's own that go.
    while (this.#bytes > MAX_BYTES && queue.length > 0) this.#takeOut(queue, 0);
  }

  /** Notes the id under which a packet was sent, or puts a PUBREL in its place. One that had to go is not missed. */
  update(clientId: string, packet: WaitingPacket): void {
    const queue = this.#queues.get(clientId) ?? [];
    const index = queue.findIndex((waiting) => isSame(waiting, packet));
    const waiting = queue[index];
    if (waiting === undefined) return;
    if (packet.cmd !== 'pubrel') {
      waiting.messageId = packet.messageId;
      return;
    }
    this.#bytes -= sizeOf(waiting);
    queue[index] = packet;
  }

  /** @returns the packet that was taken out. */
  clear(clientId: string, packet: WaitingPacket): WaitingPacket | undefined {
    const queue = this.#queues.get(clientId) ?? [];
    const index = queue.findIndex((waiting) => isSame(waiting, packet));
    return index < 0 ? undefined : this.#takeOut(queue, index);
  }

  stream(clientId: string): Readable {
    return Readable.from([...(this.#queues.get(clientId) ?? [])]);
  }

  end(clientId: string): void {
    for (const packet of this.#queues.get(clientId) ?? []) this.#bytes -= sizeOf(packet);
    this.#queues.delete(clientId);
  }

  #takeOut(queue: WaitingPacket[], index: number): WaitingPacket | undefined {
    const [packet] = queue.splice(index, 1);
    if (packet !== undefined) this.#bytes -= sizeOf(packet);
    return packet;
  }
}

function isSame(one: WaitingPacket, other: WaitingPacket): boolean {
  if (one === other) return true;
  const isSameId = one.messageId !== undefined && one.messageId === other.messageId;
  if (one.brokerCounter === undefined || other.brokerCounter === undefined) return isSameId;
  return one.brokerId === other.brokerId && one.brokerCounter === other.brokerCounter;
}

function sizeOf({ payload }: WaitingPacket): number {
  return payload?.length ?? 0;
}
