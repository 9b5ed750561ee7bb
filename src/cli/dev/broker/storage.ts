/** What the broker keeps beyond a connection, in memory and bounded: subscriptions, waiting and retained messages. */
import type { Client } from 'aedes';
import * as aedesPersistence from 'aedes-persistence';
import { Outgoing, type WaitingPacket } from './outgoing.ts';

/** Retained messages, and the bytes of their topics and payloads. */
const MAX_RETAINED = 10_000;
const MAX_RETAINED_BYTES = 64 * 1024 * 1024;

export interface RetainedPacket {
  readonly cmd: 'publish';
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: number;
  readonly retain: true;
  readonly properties?: object | undefined;
  /** Milliseconds since 1970. */
  readonly messageExpiry?: number | undefined;
}

export interface Storage {
  /** For aedes. */
  readonly persistence: object;
  /** Keeps a message for later subscribers; one without a payload takes away what was kept. */
  retain(packet: RetainedPacket): Promise<void>;
  /** Whether a session wants messages of this topic, connected or not. */
  hasSubscribers(topic: string): Promise<boolean>;
  /** Forgets a session. */
  end(clientId: string): Promise<void>;
}

interface Named {
  readonly id: string;
}

/** The part of aedes-persistence that is used or replaced here. */
interface Memory {
  storeRetained(packet: object): Promise<void>;
  subscriptionsByTopic(topic: string): Promise<readonly object[]>;
  cleanSubscriptions(client: Named): Promise<void>;
  delWill(client: Named): Promise<unknown>;
}

/** A function, which its types leave out. */
const { default: createMemory } = aedesPersistence as unknown as { readonly default: () => Memory };

/** @param onAck told of each PUBACK and PUBCOMP. */
export function createStorage(onAck: (client: Client, packetId: number) => void): Storage {
  const memory = createMemory();
  const store = memory.storeRetained.bind(memory);
  const outgoing = new Outgoing();
  const retained = new Map<string, number>();
  let retainedBytes = 0;

  const persistence = Object.assign(memory, {
    // Messages are retained as they came, before a provider changes them; what aedes keeps of them is what it routes.
    storeRetained: async (packet: RetainedPacket): Promise<void> => {
      if (packet.payload.length === 0) await retain(packet);
    },
    outgoingEnqueue: async ({ clientId }: { readonly clientId: string }, packet: WaitingPacket) =>
      outgoing.add(clientId, packet),
    outgoingEnqueueCombi: async (subs: readonly { readonly clientId: string }[], packet: WaitingPacket) => {
      for (const { clientId } of subs) outgoing.add(clientId, packet);
    },
    outgoingUpdate: async ({ id }: Named, packet: WaitingPacket) => outgoing.update(id, packet),
    outgoingClearMessageId: async (client: Client, packet: WaitingPacket) => {
      const { cmd, messageId } = packet;
      if ((cmd === 'puback' || cmd === 'pubcomp') && messageId !== undefined) onAck(client, messageId);
      return outgoing.clear(client.id, packet);
    },
    outgoingStream: ({ id }: Named) => outgoing.stream(id),
  });

  async function retain(packet: RetainedPacket): Promise<void> {
    const { topic, payload } = packet;
    const size = payload.length === 0 ? 0 : topic.length + payload.length;
    const before = retained.get(topic) ?? 0;
    const isFull =
      (before === 0 && retained.size >= MAX_RETAINED) || retainedBytes - before + size > MAX_RETAINED_BYTES;
    if (size > 0 && isFull) return;
    retainedBytes += size - before;
    if (size === 0) retained.delete(topic);
    else retained.set(topic, size);
    await store(packet);
  }

  return {
    persistence,
    retain,
    hasSubscribers: async (topic) => (await memory.subscriptionsByTopic(topic)).length > 0,
    async end(id) {
      outgoing.end(id);
      await memory.cleanSubscriptions({ id });
      await memory.delWill({ id });
    },
  };
}
