/** A broker built on @grpc/grpc-js: the same calls, by a foreign client. */
import {
  type CallOptions,
  type ChannelCredentials,
  Client,
  credentials,
  Metadata,
  type MetadataValue,
  type ServiceError,
} from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';
import { findRpc } from '../../../src/protocol/wire/rpc.ts';
import { bytesOf, type RecordedCall } from '../../support/recordings.ts';
import { readReply } from '../../support/runtime.ts';

/** The answer that a broker got. */
export interface Answer {
  readonly status: number;
  /** Text of the status, empty on success. */
  readonly message: string;
  /** The protobuf message; nothing on failure. */
  readonly reply: Uint8Array | undefined;
  readonly trailers: Readonly<Record<string, MetadataValue>>;
}

const same = (bytes: Uint8Array) => Buffer.from(bytes);

export class Broker {
  readonly #client: Client;

  constructor(address: string, secure: ChannelCredentials = credentials.createInsecure(), options = {}) {
    // Each broker has its own connection.
    this.#client = new Client(address, secure, { 'grpc.use_local_subchannel_pool': 1, ...options });
  }

  call(path: string, request: Uint8Array, options: CallOptions = { deadline: inTime() }): Promise<Answer> {
    return new Promise((resolve) => {
      let answered: Answer | undefined;
      const call = this.#client.makeUnaryRequest(
        path,
        same,
        same,
        same(request),
        new Metadata(),
        options,
        (error: ServiceError | null, reply?: Uint8Array) => {
          const status = error?.code ?? 0;
          const trailers = error?.metadata.getMap() ?? {};
          answered = { status, message: error?.details ?? '', reply, trailers };
        },
      );
      call.on('status', ({ metadata }) => {
        // The status comes after the callback of a unary call, in the same turn.
        queueMicrotask(() => answered && resolve({ ...answered, trailers: metadata.getMap() }));
      });
    });
  }

  /** Resolves when it is connected: the time of a call is then the server's alone. */
  connected(): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#client.waitForReady(inTime(), (error) => (error ? reject(error) : resolve())),
    );
  }

  async send(recorded: RecordedCall): Promise<Answer> {
    return await this.call(recorded.path, bytesOf(recorded));
  }

  close(): void {
    this.#client.close();
  }
}

/** Long enough for a machine that is busy with other things. */
const inTime = () => Date.now() + 20_000;

/** A broker that goes with the test. */
export function aBroker(url: string, secure?: ChannelCredentials, options = {}): Broker {
  const broker = new Broker(new URL(url).host, secure, options);
  onTestFinished(() => broker.close());
  return broker;
}

/** A reply in words, as `readReply` has them. */
export function wordsOf(path: string, { reply, status, message }: Answer): unknown {
  const rpc = findRpc(path);
  if (rpc === undefined || reply === undefined) return `status ${status}: ${message}`;
  return readReply(rpc, reply as Uint8Array<ArrayBuffer>);
}
