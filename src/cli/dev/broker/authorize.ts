/** Asks whether a client may use a topic. */
import { permits } from '../exhook/answers.ts';
import type { Channel } from './channel.ts';
import { ask, type World } from './world.ts';

/** `AuthorizeReqType` */
export const Action = { PUBLISH: 0, SUBSCRIBE: 1 } as const;
export type Action = (typeof Action)[keyof typeof Action];

/** `authorization.cache` of EMQX: entries of each client, and milliseconds. */
const CACHE_SIZE = 32;
const CACHE_TTL = 60_000;

/** The key of a remembered verdict. A provider gets neither QoS nor retain flag. */
export interface Use {
  readonly action: Action;
  readonly topic: string;
  readonly qos: number;
  readonly retain?: boolean | undefined;
}

/** Call it within the client's lane. */
export async function mayUse(world: World, channel: Channel, use: Use): Promise<boolean> {
  const { remembersVerdicts } = world;
  const { action, topic, qos, retain = false } = use;
  const key = `${action} ${qos} ${retain} ${topic}`;
  const known = channel.verdicts.get(key);
  if (remembersVerdicts && known !== undefined && known.until > performance.now()) return known.isAllowed;
  const fields = () => ({ clientinfo: channel.clientInfo, type: action, topic, result: true });
  const answer = await ask(world, 'client.authorize', channel.id, fields);
  const isAllowed = permits(answer);
  if (remembersVerdicts) remember(channel, key, isAllowed);
  return isAllowed;
}

function remember({ verdicts }: Channel, key: string, isAllowed: boolean): void {
  verdicts.delete(key);
  const [oldest] = verdicts.keys();
  if (verdicts.size >= CACHE_SIZE && oldest !== undefined) verdicts.delete(oldest);
  verdicts.set(key, { isAllowed, until: performance.now() + CACHE_TTL });
}
