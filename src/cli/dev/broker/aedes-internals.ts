/**
 * The parts of aedes without a public way to them. The version is pinned, and test/cli/dev/broker shows that each
 * still does what it is used for.
 */
import type { EventEmitter } from 'node:events';
import type { Client, PublishPacket } from 'aedes';
import type { SeenPacket } from './channel.ts';

interface Internals {
  /** Emits `packet` for each packet that a client sends. */
  readonly _parser: EventEmitter;
  /** The id of the next packet to the client. */
  _nextId: number;
}

const internalsOf = (client: Client) => client as unknown as Internals;

/** Sees each packet of a client before aedes handles it: aedes drops some of their properties. */
export function watchPackets(client: Client, see: (packet: SeenPacket) => void): void {
  internalsOf(client)._parser.prependListener('packet', see);
}

const LAST_ID = 65_535;

/** Takes the next packet id of a client. aedes chooses it too late to know which message an acknowledgement is for. */
export function takePacketId(client: Client): number {
  const internals = internalsOf(client);
  const id = internals._nextId;
  internals._nextId = id >= LAST_ID ? 1 : id + 1;
  return id;
}

/**
 * Makes aedes do nothing more with a PUBLISH: it is neither routed nor acknowledged, and the connection stays.
 * aedes' own ways are a closed connection (MQTT 3.1.1) and an acknowledgement before anybody has decided.
 */
export function takeOver(packet: PublishPacket): void {
  (packet as PublishPacket & { _notAuthorized?: boolean })._notAuthorized = true;
}
