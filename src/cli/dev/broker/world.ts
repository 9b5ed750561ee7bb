/** What the parts of the dev broker share. */
import type { Aedes, Client } from 'aedes';
import type { HookName } from '../../../protocol/schema/hook-name.ts';
import type { Answer, Provider } from '../exhook/provider.ts';
import type { Release } from '../exhook/release.ts';
import type { Channel } from './channel.ts';
import type { SentMessage } from './message.ts';
import { UnencodableError } from './properties.ts';
import type { Sessions } from './sessions.ts';
import type { Storage } from './storage.ts';

export interface World {
  readonly provider: Provider;
  readonly release: Release;
  readonly aedes: Aedes;
  readonly storage: Storage;
  readonly sessions: Sessions;
  readonly channels: WeakMap<Client, Channel>;
  /** By the payload that is on its way: aedes copies packets, and hands on this object in each of them. */
  readonly sent: WeakMap<object, SentMessage>;
  /** Whether verdicts of client.authorize are remembered, as EMQX does. */
  readonly remembersVerdicts: boolean;
  /** Says something to the person who tries it; the same text once. */
  readonly say: (text: string) => void;
}

/**
 * Calls a hook for a client, after all that was called for it before. Never rejects.
 *
 * @param fields of the request; asked when it is the hook's turn.
 */
export function tell(
  { provider }: Pick<World, 'provider'>,
  channel: Channel,
  hook: HookName,
  fields: () => object,
  topic?: string,
): Promise<Answer> {
  return channel.lane.run(() => ask({ provider }, hook, channel.id, fields, topic));
}

/** The same at once, for what has its turn already. A request that EMQX could not encode fails without a call. */
export async function ask(
  { provider }: Pick<World, 'provider'>,
  hook: HookName,
  key: string,
  fields: () => object,
  topic?: string,
): Promise<Answer> {
  await provider.ready;
  if (!provider.wants(hook, topic)) return { kind: 'not-asked' };
  try {
    return await provider.call(hook, key, fields(), topic);
  } catch (error) {
    if (error instanceof UnencodableError) return { kind: 'failed', reason: error.message };
    throw error;
  }
}
