/** The attributes of a call's span: never a payload, a topic, a user name or a secret. */
import type { Attributes } from '@opentelemetry/api';
import type { Outcome } from '../../core/hook.ts';
import { clip } from '../../lib/clip.ts';
import { type Failure, Status } from '../../protocol/failure.ts';
import type { HookInput } from '../../protocol/schema/requests.ts';
import { hideToken } from '../../protocol/schema/token.ts';
import type { Rpc } from '../../protocol/wire/rpc.ts';
import { clientOf } from '../../sinks/cloudevents/event-fields.ts';
import { nodeOf, type Origin } from '../../sinks/cloudevents/stamp.ts';
import { names } from './names.ts';

/** `emqx.exhook.v3.HookProvider/OnClientConnect`: the name of the span, and of the method. */
export const methodOf = ({ path }: Rpc): string => path.slice(1);

const known = new Map<Rpc, Attributes>();

/** The attributes known before a call begins: samplers can use them. */
export function describeRpc(rpc: Rpc): Attributes {
  const found = known.get(rpc);
  if (found !== undefined) return found;
  const made = { [names.rpcSystem]: 'grpc', [names.rpcMethod]: methodOf(rpc), [names.hook]: rpc.hook };
  known.set(rpc, made);
  return made;
}

/** The attributes of the broker and of the client concerned. */
export function describeInput(input: HookInput): Attributes {
  const { meta } = input as { readonly meta: { readonly version: string } };
  const node = nodeOf(input as Origin);
  const client = clip(hideToken(clientOf(input)));
  return {
    ...(node !== '' && { [names.brokerNode]: clip(node) }),
    ...(meta.version !== '' && { [names.brokerVersion]: clip(meta.version) }),
    ...(client !== '' && { [names.clientId]: client }),
  };
}

export function describeDecision({ decision }: Outcome): Attributes {
  if (decision === undefined) return {};
  const { verdict, by, isShadow } = decision;
  return {
    [names.verdict]: verdict,
    [names.decidedBy]: clip(by),
    ...(isShadow && { [names.isShadow]: true }),
  };
}

const statusNames = new Map<number, string>(Object.entries(Status).map(([name, status]) => [status, name]));

/** @param failure that the caller gets. */
export function describeStatus(failure: Failure | undefined): Attributes {
  const status = failure?.status ?? Status.OK;
  return { [names.rpcStatus]: statusNames.get(status) ?? String(status) };
}
