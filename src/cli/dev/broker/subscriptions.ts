/** SUBSCRIBE and UNSUBSCRIBE. */
import type { Client, Subscription } from 'aedes';
import { findTopicFilterProblem } from '../../../policy/topics/topic-filter.ts';
import { Action, mayUse } from './authorize.ts';
import type { Channel, SeenPacket, SubscriptionOptions } from './channel.ts';
import { passProperties } from './properties.ts';
import { tell, type World } from './world.ts';

export interface Subscriptions {
  authorizeSubscribe(
    client: Client,
    subscription: Subscription,
    done: (error: Error | null, subscription?: Subscription | null) => void,
  ): void;
}

/** Topic filters of one client. */
const MAX_FILTERS = 10_000;

const SHARED = '$share/';

export function createSubscriptions(world: World): Subscriptions {
  const { channels, aedes } = world;
  /** The SUBSCRIBE that each came in. */
  const packets = new WeakMap<Subscription, SeenPacket>();

  aedes.on('subscribe', (subscriptions, client) => {
    const channel = channels.get(client);
    const [first] = subscriptions;
    const packet = first && packets.get(first);
    if (channel !== undefined) tellSubscribed(world, channel, subscriptions, packet);
  });
  aedes.on('unsubscribe', (filters, client) => {
    const channel = channels.get(client);
    // aedes ends the subscriptions of a connection that closes, which is not an UNSUBSCRIBE.
    if (channel !== undefined && !client.closed) tellUnsubscribed(world, channel, filters);
  });

  return {
    authorizeSubscribe(client, subscription, done) {
      const channel = channels.get(client);
      if (channel === undefined) return done(null, null);
      // Those of a session that is resumed were allowed before.
      if (!channel.isRegistered) return done(null, subscription);
      const { topic } = subscription;
      if (findTopicFilterProblem(topic) !== undefined) {
        channel.reason = 'topic_filter_invalid';
        return done(new Error('the topic filter is not valid'));
      }
      const packet = channel.packets.get('subscribe');
      if (packet !== undefined) packets.set(subscription, packet);
      if (isRefused(world, channel, topic)) return done(null, null);
      void channel.lane
        .run(() => mayUse(world, channel, { action: Action.SUBSCRIBE, topic, qos: subscription.qos }))
        .then((isAllowed) => {
          if (isAllowed) channel.subscriptions.set(topic, optionsOf(subscription));
          done(null, isAllowed ? subscription : null);
        });
    },
  };
}

function isRefused({ say }: World, { subscriptions }: Channel, topic: string): boolean {
  if (topic.startsWith(SHARED)) {
    say('A shared subscription was refused: the dev broker has none ($share/...).');
    return true;
  }
  return subscriptions.size >= MAX_FILTERS && !subscriptions.has(topic);
}

function tellSubscribed(
  world: World,
  channel: Channel,
  subscriptions: readonly Subscription[],
  packet: SeenPacket | undefined,
): void {
  const { release } = world;
  // aedes puts the code of a refusal where the QoS is.
  const granted = subscriptions.filter(({ qos }) => qos <= 2);
  const topicFilters = granted.map((subscription) => ({
    name: subscription.topic,
    ...(release.protocol === 'v2' ? { qos: subscription.qos } : { subopts: optionsOf(subscription) }),
  }));
  const clientinfo = channel.clientInfo;
  const fields = () => ({ clientinfo, topicFilters, ...passProperties(packet?.properties, release) });
  void tell(world, channel, 'client.subscribe', fields);
  for (const subscription of granted) {
    const one = { clientinfo, topic: subscription.topic, subopts: optionsOf(subscription) };
    void tell(world, channel, 'session.subscribed', () => one);
  }
}

function tellUnsubscribed(world: World, channel: Channel, filters: readonly string[]): void {
  const { release } = world;
  const clientinfo = channel.clientInfo;
  const { properties } = channel.packets.get('unsubscribe') ?? {};
  const topicFilters = release.namesUnsubscribed ? filters.map((name) => ({ name, subopts: {} })) : [];
  const fields = () => ({ clientinfo, topicFilters, ...passProperties(properties, release) });
  void tell(world, channel, 'client.unsubscribe', fields);
  for (const topic of filters.filter((filter) => channel.subscriptions.delete(filter)))
    void tell(world, channel, 'session.unsubscribed', () => ({ clientinfo, topic }));
}

function optionsOf({ qos, rh = 0, rap = false, nl = false }: Subscription): SubscriptionOptions {
  return { qos, rh, rap: Number(rap), nl: Number(nl) };
}
