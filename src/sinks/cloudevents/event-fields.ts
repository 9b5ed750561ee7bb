/** The values that keys, targets and attributes are built from: who and what a call is about, read from its input. */

import type { ShapeVariable } from '../../policy/text/shape-names.ts';
import type { StampedEvent } from '../../protocol/schema/event.ts';
import type { HookName } from '../../protocol/schema/hook-name.ts';
import type { HookInput } from '../../protocol/schema/requests.ts';
import { hideToken } from '../../protocol/schema/token.ts';
import type { Message } from '../../protocol/schema/vocabulary.ts';
import { nodeOf, type Origin } from './stamp.ts';

interface AnyInput extends Origin {
  readonly clientinfo?: { readonly node: string; readonly clientid: string; readonly username: string };
  readonly conninfo?: { readonly node: string; readonly clientid: string; readonly username: string };
  readonly message?: Message;
  readonly topic?: string;
}

/** The client that the call is about: for a delivered message the subscriber, for a published one the publisher. */
export function clientOf(input: HookInput): string {
  const { clientinfo, conninfo, message } = input as AnyInput;
  return clientinfo?.clientid ?? conninfo?.clientid ?? message?.from ?? '';
}

export function messageOf(input: HookInput): Message | undefined {
  return (input as AnyInput).message;
}

function usernameOf({ clientinfo, conninfo, message }: AnyInput): string {
  return hideToken(clientinfo?.username ?? conninfo?.username ?? message?.headers.username ?? '');
}

/** The raw values of placeholders: each sink adapts them to its own grammar. */
export function valuesOf(
  { id, type, subject = '' }: Pick<StampedEvent, 'id' | 'type' | 'subject'>,
  hook: HookName,
  input: HookInput,
): Record<ShapeVariable, string> {
  const any = input as AnyInput;
  return {
    clientid: clientOf(input),
    username: usernameOf(any),
    topic: any.message?.topic ?? any.topic ?? '',
    hook,
    type,
    subject,
    node: nodeOf(any),
    id,
  };
}
