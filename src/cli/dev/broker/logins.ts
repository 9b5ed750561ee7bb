/** Connections from CONNECT to their end: logins, sessions, and who takes over from whom. */
import type { AuthenticateError, Client, ConnackPacket, ConnectPacket } from 'aedes';
import { admits } from '../exhook/answers.ts';
import { watchPackets } from './aedes-internals.ts';
import { Channel } from './channel.ts';
import { decodeText, passProperties } from './properties.ts';
import { nameConnack, nameDisconnect } from './reasons.ts';
import { ask, tell, type World } from './world.ts';

export interface Logins {
  preConnect(
    client: Client,
    packet: ConnectPacket,
    done: (error: Error | null, isAdmitted: boolean) => void,
  ): void;
  authenticate(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
    done: (error: AuthenticateError | null, isAdmitted: boolean) => void,
  ): void;
}

export function createLogins(world: World): Logins {
  const { release, channels, aedes } = world;
  aedes.on('client', (client) => withChannel(client, (channel) => tellConnected(world, channel)));
  aedes.on('connackSent', (packet, client) =>
    withChannel(client, (channel) => tellConnack(world, channel, packet)),
  );
  aedes.on('clientDisconnect', (client) =>
    withChannel(client, (channel) => tellDisconnected(world, channel)),
  );
  aedes.on('sessionExpired', (client) =>
    withChannel(client, (channel) => endSession(world, channel, 'expired')),
  );
  aedes.on('keepaliveTimeout', (client) =>
    withChannel(client, (channel) => {
      channel.reason = 'keepalive_timeout';
    }),
  );
  // Nothing waits for a client that was refused.
  aedes.on('connectionError', (client) => withChannel(client, (channel) => channel.settle()));

  function withChannel(client: Client, work: (channel: Channel) => void): void {
    const channel = channels.get(client);
    if (channel !== undefined) work(channel);
  }

  return {
    preConnect(client, packet, done) {
      const channel = new Channel(client, packet, release);
      channels.set(client, channel);
      watchPackets(client, (seen) => channel.see(seen));
      const fields = () => ({
        conninfo: channel.connInfo,
        ...passProperties(packet.properties, release),
      });
      void tell(world, channel, 'client.connect', fields).then(() => client.closed || done(null, true));
    },
    authenticate(client, _username, password, done) {
      const channel = channels.get(client);
      if (channel === undefined) return done(null, false);
      const fields = () => ({
        clientinfo: { ...channel.clientInfo, password: password === undefined ? '' : decodeText(password) },
        result: release.admitsByItself,
      });
      const login = channel.lane.run(() => ask(world, 'client.authenticate', channel.id, fields));
      void login.then((answer) => {
        const isAdmitted = admits(answer, release);
        channel.isAdmitted = isAdmitted;
        if (isAdmitted && !client.closed) takeSession(world, channel);
        if (!isAdmitted) channel.settle();
        done(null, isAdmitted);
      });
    },
  };
}

/** The session of the client id is this connection's from now on. */
function takeSession(world: World, channel: Channel): void {
  const previous = world.sessions.claim(channel);
  if (previous === undefined || previous === channel) return;
  const isTaken = !channel.isCleanStart && previous.isPersistent;
  previous.successor = { channel, how: isTaken ? 'takenover' : 'discarded' };
  channel.isResumed = isTaken;
  if (isTaken) channel.inherit(previous);
  // The end of a connected client is reported when aedes has closed it.
  if (previous.isOver) tellSuccession(world, previous);
}

function tellConnected(world: World, channel: Channel): void {
  channel.isRegistered = true;
  const { connack } = channel;
  const fields = () => ({ clientinfo: channel.clientInfo });
  if (!channel.isResumed) void channel.lane.run(() => channel.predecessor);
  void tell(world, channel, channel.isResumed ? 'session.resumed' : 'session.created', fields);
  void tell(world, channel, 'client.connected', fields);
  if (connack !== undefined) tellConnack(world, channel, connack);
}

function tellConnack(world: World, channel: Channel, packet: ConnackPacket): void {
  // aedes sends it while it still closes the connection that had the session.
  const isEarly = channel.isAdmitted && !channel.isRegistered;
  channel.connack = packet;
  if (isEarly) return;
  const key = channel.namedId;
  const fields = () => ({
    conninfo: channel.connInfo,
    resultCode: nameConnack(packet),
    ...passProperties(packet.properties, world.release),
  });
  const told = channel.lane.run(() => ask(world, 'client.connack', key, fields));
  void told.then(() => channel.settle());
  void channel.lane.run(() => channel.predecessor);
}

function tellDisconnected(world: World, channel: Channel): void {
  channel.isOver = true;
  const reason = channel.successor?.how ?? (world.aedes.closed ? 'server_shutting_down' : reasonOf(channel));
  awaitSuccessor(channel);
  void tell(world, channel, 'client.disconnected', () => ({ clientinfo: channel.clientInfo, reason }));
  if (channel.successor !== undefined) tellSuccession(world, channel);
  else if (!channel.isPersistent) endSession(world, channel, reason);
  else {
    const evicted = world.sessions.keep(channel);
    if (evicted !== undefined) endSession(world, evicted, 'expired');
  }
  channel.settle();
}

/** EMQX reports a session that was taken over when the new connection is complete. */
export function awaitSuccessor({ lane, successor }: Channel): void {
  if (successor?.how === 'takenover') void lane.run(() => successor.channel.settled);
}

/** EMQX reports a discarded session before it makes the new one. */
function tellSuccession(world: World, channel: Channel): void {
  const { successor } = channel;
  if (successor === undefined) return;
  awaitSuccessor(channel);
  const hook = successor.how === 'takenover' ? 'session.takenover' : 'session.discarded';
  successor.channel.predecessor = tell(world, channel, hook, () => ({ clientinfo: channel.clientInfo }));
}

function endSession(world: World, channel: Channel, reason: string): void {
  if (channel.isEnded) return;
  channel.isEnded = true;
  const isOwner = world.sessions.end(channel);
  // Another connection with this id may have begun meanwhile.
  if (isOwner) void world.storage.end(channel.id);
  const fields = () => ({ clientinfo: channel.clientInfo, reason: `{shutdown,${reason}}` });
  void tell(world, channel, 'session.terminated', fields);
}

function reasonOf(channel: Channel): string {
  const { reason, packets } = channel;
  if (reason !== undefined) return reason;
  const disconnect = packets.get('disconnect');
  return disconnect === undefined ? 'tcp_closed' : nameDisconnect(disconnect.reasonCode);
}
