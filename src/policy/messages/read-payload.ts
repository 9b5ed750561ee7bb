/** Reads the payload of a message as the first rule does that decodes it, to show it to people. */
import { listOf } from '../topics/rule.ts';
import { decideMessage, type PublishPolicy } from './decide.ts';
import type { PublishInput } from './message-edit.ts';
import { codecLabel } from './rule.ts';
import type { Value } from './value.ts';

export interface PayloadReading {
  /** The codecs of the rule, such as `gzip, cbor`. */
  readonly codec: string;
  readonly value: Value;
}

/** `undefined` if no rule decodes this message. */
export function readPayload(policy: PublishPolicy, input: PublishInput): PayloadReading | undefined {
  let reading: PayloadReading | undefined;
  decideMessage(policy, input, (compiled, before) => {
    const { decode } = compiled.rule;
    if (reading !== undefined || decode === undefined) return;
    const value = compiled.read(before);
    if (value !== undefined) reading = { codec: listOf(decode).map(codecLabel).join(', '), value };
  });
  return reading;
}
