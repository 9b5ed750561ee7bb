/** Whom and what a call is about, whichever hook it is. */
import type { HookInput } from '../../protocol/schema/requests.ts';
import { Action } from '../../protocol/schema/requests.ts';

export interface CallNames {
  readonly node: string;
  readonly clientid: string;
  readonly username: string;
  readonly peerhost: string;
  readonly topic: string;
  readonly action: 'publish' | 'subscribe' | undefined;
  readonly qos: number | undefined;
}

interface Person {
  readonly node?: string;
  readonly clientid: string;
  readonly username: string;
  readonly peerhost: string;
}

interface AnyInput {
  readonly clientinfo?: Person;
  readonly conninfo?: Person;
  readonly message?: HookInput<'message.publish'>['message'];
  readonly meta?: { readonly node: string };
  readonly topic?: string;
  readonly topicFilters?: readonly { readonly name: string }[];
  readonly type?: number;
}

/** Filters of one SUBSCRIBE that are named. */
const MAX_FILTERS = 20;

/** @param input nothing when the request could not be read. */
export function namesOf(input: HookInput | undefined): CallNames {
  const { clientinfo, conninfo, message, meta, topic, topicFilters, type } = (input ?? {}) as AnyInput;
  const who = clientinfo ?? conninfo;
  return {
    node: meta?.node || who?.node || message?.node || '',
    clientid: who?.clientid ?? message?.from ?? '',
    username: who?.username ?? message?.headers.username ?? '',
    peerhost: who?.peerhost ?? message?.headers.peerhost ?? '',
    topic: message?.topic ?? topic ?? joined(topicFilters),
    action: type === undefined ? undefined : type === Action.PUBLISH ? 'publish' : 'subscribe',
    qos: message?.qos,
  };
}

function joined(filters: AnyInput['topicFilters'] = []): string {
  const names = filters.slice(0, MAX_FILTERS).map(({ name }) => name);
  return filters.length > MAX_FILTERS ? `${names.join(', ')}, ...` : names.join(', ');
}
