import { fromBinary } from '@bufbuild/protobuf';
import { methodOf } from './descriptors.ts';
import type { Rpc } from './rpc.ts';

/** The fields of any response in any version; a field that the response lacks is `undefined`. */
export interface DecodedResponse {
  /** Of OnProviderLoaded. */
  readonly hooks?: readonly { readonly name: string; readonly topics: readonly string[] }[];
  /** `ResponsedType` of a valued response: 0 CONTINUE, 1 IGNORE, 2 STOP_AND_RETURN. */
  readonly type?: number;
  readonly value?:
    | { readonly case: 'boolResult'; readonly value: boolean }
    | { readonly case: 'message'; readonly value: DecodedMessage }
    | { readonly case: undefined };
}

export interface DecodedMessage {
  readonly topic: string;
  readonly qos: number;
  readonly payload: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Decodes a response like a broker.
 *
 * @throws if the bytes are not a response to the call.
 */
export function decodeResponse(rpc: Rpc, bytes: Uint8Array): DecodedResponse {
  return fromBinary(methodOf(rpc).output, bytes) as unknown as DecodedResponse;
}
