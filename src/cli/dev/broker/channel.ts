/** One connection of an MQTT client: who it is, what it subscribed to, and what it was told of. */
import type { Client, ConnackPacket, ConnectPacket } from 'aedes';
import { matches } from '../../../policy/topics/topic-filter.ts';
import { NODE, type Release } from '../exhook/release.ts';
import { Lane } from './lane.ts';
import type { SentMessage } from './message.ts';

export interface SubscriptionOptions {
  readonly qos: number;
  readonly rh: number;
  readonly rap: number;
  readonly nl: number;
}

/** Kinds of packets that are needed later. Those with a payload are not kept. */
const KEPT: ReadonlySet<string> = new Set(['subscribe', 'unsubscribe', 'disconnect']);

/** The parts of a packet that aedes does not hand on. */
export interface SeenPacket {
  readonly cmd: string;
  readonly messageId?: number;
  readonly reasonCode?: number;
  readonly properties?: object | undefined;
}

/** How a session went to another connection. */
export type Succession = 'takenover' | 'discarded';

/** Messages in flight to one client that are remembered; acknowledgements of older ones are not reported. */
const MAX_IN_FLIGHT = 1_000;

export class Channel {
  readonly client: Client;
  readonly lane = new Lane();
  readonly subscriptions = new Map<string, SubscriptionOptions>();
  /** By packet id. */
  readonly #inFlight = new Map<number, SentMessage>();
  /** Verdicts of client.authorize, by action and topic; used with `--like-emqx` only. */
  readonly verdicts = new Map<string, { readonly isAllowed: boolean; readonly until: number }>();
  /** The last packet of each kind in {@link KEPT}. */
  readonly packets = new Map<string, SeenPacket>();
  /** Ids of QoS 2 messages that came and are not released: they are not published twice. */
  unreleased = new Set<number>();
  /** Why the connection ended, when that is known better than from the packets. */
  reason: string | undefined;
  isResumed = false;
  isRegistered = false;
  /** Whether the login was allowed. */
  isAdmitted = false;
  /** What was sent in answer to CONNECT. */
  connack: ConnackPacket | undefined;
  /** Whether the connection has ended. */
  isOver = false;
  /** Whether its session has ended. */
  isEnded = false;
  /** The connection that has the session now, and how it came to it. */
  successor: { readonly channel: Channel; readonly how: Succession } | undefined;
  /** Resolves when the connection was told of completely, or is over before. */
  readonly settled: Promise<void>;
  settle: () => void = () => {};
  /** Resolves when the end of the connection that had the session before was reported. */
  predecessor: Promise<unknown> = Promise.resolve();

  readonly #connect: ConnectPacket;
  readonly #release: Release;
  readonly #peer: Peer;

  constructor(client: Client, connect: ConnectPacket, release: Release) {
    this.client = client;
    this.#connect = connect;
    this.#release = release;
    this.#peer = peerOf(client);
    this.settled = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  /** The id, which the broker has assigned where the client gave none. */
  get id(): string {
    return this.client.id ?? this.#connect.clientId;
  }

  /** The id as it stands in CONNECT. */
  get namedId(): string {
    return this.#connect.clientId;
  }

  get protocolVersion(): number {
    return this.#connect.protocolVersion ?? 4;
  }

  get isCleanStart(): boolean {
    return this.#connect.clean === true;
  }

  /** Whether the session may outlive the connection. */
  get isPersistent(): boolean {
    return this.client.sessionExpiryInterval > 0;
  }

  /** `conninfo` */
  get connInfo() {
    const { username = '', protocolId = 'MQTT', protocolVersion = 4, keepalive = 0 } = this.#connect;
    const { clientId: clientid } = this.#connect;
    const proto = { protoName: protocolId, protoVer: String(protocolVersion) };
    return { node: NODE, clientid, username, ...proto, keepalive, ...this.#address() };
  }

  /** `clientinfo` */
  get clientInfo() {
    const { username = '' } = this.#connect;
    return { node: NODE, clientid: this.id, username, protocol: 'mqtt', anonymous: true, ...this.#address() };
  }

  /** Headers of a message that this client sends. */
  get messageHeaders(): Record<string, string> {
    return { peerhost: this.#peer.host, protocol: 'mqtt', ...this.willHeaders };
  }

  /** Headers of its will. */
  get willHeaders(): Record<string, string> {
    const { username } = this.#connect;
    return username === undefined ? {} : { username };
  }

  #address() {
    const { host, port, sockport } = this.#peer;
    return { peerhost: host, sockport, ...(this.#release.tellsPeerPort && { peerport: port }) };
  }

  /** Notes a packet that the client has sent. */
  see(packet: SeenPacket): void {
    if (KEPT.has(packet.cmd)) this.packets.set(packet.cmd, packet);
    if (packet.cmd === 'pubrel' && packet.messageId !== undefined) this.unreleased.delete(packet.messageId);
  }

  /** Goes on with the session of another connection. */
  inherit(previous: Channel): void {
    this.unreleased = previous.unreleased;
    for (const [filter, options] of previous.subscriptions) this.subscriptions.set(filter, options);
  }

  /** The highest QoS that a subscription grants for a topic; `undefined` without one. */
  grantedQos(topic: string): number | undefined {
    let granted: number | undefined;
    for (const [filter, { qos }] of this.subscriptions)
      if (matches(filter, topic)) granted = Math.max(granted ?? 0, qos);
    return granted;
  }

  sent(packetId: number, message: SentMessage): void {
    const [oldest] = this.#inFlight.keys();
    if (this.#inFlight.size >= MAX_IN_FLIGHT && oldest !== undefined) this.#inFlight.delete(oldest);
    this.#inFlight.set(packetId, message);
  }

  /** Takes out what was sent with this packet id. */
  acknowledge(packetId: number): SentMessage | undefined {
    const message = this.#inFlight.get(packetId);
    this.#inFlight.delete(packetId);
    return message;
  }
}

interface Peer {
  readonly host: string;
  readonly port: number;
  readonly sockport: number;
}

/** A WebSocket has the address of the request that it began as. */
function peerOf({ conn, req }: Client): Peer {
  const socket = (req?.socket ?? conn) as {
    readonly remoteAddress?: string;
    readonly remotePort?: number;
    readonly localPort?: number;
  };
  const host = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  return { host, port: socket.remotePort ?? 0, sockport: socket.localPort ?? 0 };
}
