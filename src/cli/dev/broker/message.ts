/** Messages as EMQX describes them to a provider. */
import { randomBytes } from 'node:crypto';
import type { Release } from '../exhook/release.ts';
import { NODE } from '../exhook/release.ts';
import { type PassedProperties, passProperties } from './properties.ts';

/** `emqx.exhook.vN.Message` */
export interface BrokerMessage {
  readonly node: string;
  readonly id: string;
  readonly qos: number;
  readonly from: string;
  readonly topic: string;
  readonly payload: Uint8Array;
  /** Milliseconds since 1970. */
  readonly timestamp: bigint;
  readonly headers: Readonly<Record<string, string>>;
}

/** A message on its way, and what is needed to tell of it later. */
export interface SentMessage {
  readonly message: BrokerMessage;
  /** How many clients it went to. */
  receivers: number;
  /** Calls of message.delivered, while it is routed. */
  deliveries: Promise<unknown>[] | undefined;
}

export interface Publication {
  readonly topic: string;
  readonly qos: number;
  readonly payload: Uint8Array;
  readonly properties?: object | undefined;
}

export function createMessage(
  { topic, qos, payload }: Publication,
  from: string,
  headers: Readonly<Record<string, string>>,
): BrokerMessage {
  const timestamp = BigInt(Date.now());
  return { node: NODE, id: createId(timestamp), qos, from, topic, payload, timestamp, headers };
}

const NODE_AND_PROCESS = randomBytes(6).toString('hex');
let sequence = 0;

/** 32 digits, as EMQX has them: microseconds since 1970, node and process, a sequence. */
function createId(timestamp: bigint): string {
  sequence = (sequence + 1) % 0x1_0000;
  const micros = (timestamp * 1000n).toString(16).padStart(16, '0');
  return `${micros}${NODE_AND_PROCESS}${sequence.toString(16).padStart(4, '0')}`.toUpperCase();
}

/** The request of message.publish and message.ingress, `clientinfo` aside. */
export function sentRequest(
  message: BrokerMessage,
  properties: object | undefined,
  release: Release,
): PassedProperties & { readonly message: BrokerMessage } {
  // Before 5.9 requests have no properties.
  return { message, ...passProperties(release.protocol === 'v3' ? properties : undefined, release) };
}
