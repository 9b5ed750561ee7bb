/** A small MQTT broker that calls a provider as EMQX does: to try a policy with any MQTT client, without EMQX. */
import { Aedes, type AedesOptions, type Client } from 'aedes';
import { isDoneWithin } from '../../../lib/with-timeout.ts';
import type { Provider } from '../exhook/provider.ts';
import type { Channel } from './channel.ts';
import { createDeliveries, tellAcked } from './deliveries.ts';
import { type Listener, listenTcp, listenWebSocket } from './listeners.ts';
import { createLogins } from './logins.ts';
import { createPublishes } from './publishes.ts';
import { Sessions } from './sessions.ts';
import { createStorage } from './storage.ts';
import { createSubscriptions } from './subscriptions.ts';
import type { World } from './world.ts';

export interface DevBrokerOptions {
  readonly provider: Provider;
  /** Port of MQTT over TCP; 0 takes a free one. */
  readonly mqtt: number;
  /** Port of MQTT over WebSocket; 0 takes a free one. */
  readonly ws: number;
  /** Whether verdicts of client.authorize are remembered for a minute. Default: false; a change shows at once. */
  readonly likeEmqx?: boolean;
  /** Says something to the person who tries it. */
  readonly say: (text: string) => void;
}

export interface DevBroker {
  readonly mqtt: number;
  readonly ws: number;
  /** How many clients are connected. */
  readonly clients: number;
  /** Disconnects all clients, and tells the provider. */
  close(): Promise<void>;
}

/** `mqtt.max_packet_size` of EMQX, in bytes. */
const MAX_PACKET = 1024 * 1024;

/** Milliseconds until calls at the end are no longer waited for. */
const PATIENCE = 2_000;

const limits: AedesOptions = {
  maximumPacketSize: MAX_PACKET,
  topicAliasMaximum: 65_535,
  maxClientsIdLength: 65_535,
  // Milliseconds: `mqtt.idle_timeout` of EMQX.
  connectTimeout: 15_000,
  drainTimeout: 15_000,
  pendingSessionsLimit: 20_000,
  queueLimit: 1_000,
};

/** @throws Error that says what to do when a port cannot be had. */
export async function openDevBroker(options: DevBrokerOptions): Promise<DevBroker> {
  const { provider, say, likeEmqx = false } = options;
  const channels = new WeakMap<Client, Channel>();
  const open = new Set<Channel>();
  const storage = createStorage((client, packetId) => tellAcked(world, client, packetId));
  const aedes = new Aedes({ ...limits, persistence: storage.persistence });
  const world: World = {
    provider,
    release: provider.release,
    aedes,
    storage,
    sessions: new Sessions(),
    channels,
    sent: new WeakMap(),
    remembersVerdicts: likeEmqx,
    say: sayOnce(say),
  };
  Object.assign(aedes, {
    ...createLogins(world),
    ...createSubscriptions(world),
    ...createPublishes(world),
    ...createDeliveries(world),
  });
  aedes.on('client', (client) => {
    const channel = channels.get(client);
    if (channel !== undefined) open.add(channel);
  });
  aedes.on('clientDisconnect', (client) => {
    const channel = channels.get(client);
    if (channel !== undefined) void channel.lane.idle.then(() => open.delete(channel));
  });
  // Clients that break the protocol are closed; that is all there is to do.
  for (const event of ['clientError', 'connectionError', 'error'] as const)
    (aedes as NodeJS.EventEmitter).on(event, () => {});
  await aedes.listen();
  const listeners = await listenAll(options, aedes, world.say).catch((error: Error) => {
    // Its timers keep the process alive.
    aedes.close();
    throw error;
  });
  const [mqtt, ws] = listeners;
  return {
    mqtt: mqtt.port,
    ws: ws.port,
    get clients() {
      return aedes.connectedClients;
    },
    async close() {
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      await Promise.all(listeners.map((listener) => listener.close()));
      await isDoneWithin(Promise.all([...open].map(({ lane }) => lane.idle)), PATIENCE);
    },
  };
}

async function listenAll(
  { mqtt, ws }: DevBrokerOptions,
  aedes: Aedes,
  say: (text: string) => void,
): Promise<readonly [Listener, Listener]> {
  const tcp = await listenTcp(mqtt, aedes.handle);
  try {
    return [tcp, await listenWebSocket(ws, aedes.handle, say, MAX_PACKET)];
  } catch (error) {
    await tcp.close();
    throw error;
  }
}

/** The texts are few, and none has anything of a client in it. */
function sayOnce(say: (text: string) => void): (text: string) => void {
  const said = new Set<string>();
  return (text) => {
    if (said.has(text)) return;
    said.add(text);
    say(text);
  };
}
