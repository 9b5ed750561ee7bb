/**
 * The MQTT clients behind the broker. Each does one thing at a time, like an EMQX channel: it logs in, is checked for
 * topics, publishes, and receives messages. Events that must not be lost are resent until acknowledged, as by a QoS 1
 * publisher.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeCall, NODE } from './calls.mjs';
import { clientIdOf, hasToken, PASSWORD, tokenOf } from './configuration.mjs';

/** Milliseconds between two attempts, and until the last one. */
const PAUSE = 20;
const PATIENCE = 15_000;

/** Shares of the load, in per cent. */
const MIX = {
  publish: 50,
  delivered: 14,
  presence: 4,
  authorize: 22,
  forbidden: 3,
  login: 6,
  wrongPassword: 1,
};
const kinds = Object.entries(MIX).flatMap(([kind, percent]) => Array(percent).fill(kind));

/** The field in which a client numbers its events: the event brings the number back. */
export const sequenceOf = (clientinfo) => Number(clientinfo.mountpoint);

/**
 * @param {object} options
 * @param {number} options.count
 * @param {{ call: Function }} options.pool
 * @param {import('./ledger.mjs').Ledger} options.history of published messages
 * @param {import('./ledger.mjs').Ledger} options.presence of deliveries, connections and disconnections
 * @param {ReturnType<typeof import('./tally.mjs').createTally>} options.tally
 */
export function createClients({ count, pool, history, presence, tally }) {
  const clients = Array.from({ length: count }, (_, i) => createIdentity(i));
  let messages = 0;
  const nextId = () => (++messages).toString(16).padStart(32, '0').toUpperCase();

  /** Repeats a call until the answer is correct. @param {() => import('./calls.mjs').Call} make for each attempt */
  async function persist(client, kind, due, make, isRight, ledger) {
    const end = performance.now() + PATIENCE;
    do {
      const answer = await pool.call(client, make());
      if (tally.count(kind, answer, isRight)) {
        ledger?.acknowledge(client);
        tally.took(kind, performance.now() - due);
        return true;
      }
      ledger?.resend(client);
      await sleep(PAUSE);
    } while (performance.now() < end);
    tally.giveUp(kind);
    return false;
  }

  const infoWith = (client, more) => ({ ...clients[client].info, ...more });

  const acts = {
    publish(client, due) {
      const sequence = history.next(client);
      const make = () =>
        encodeCall('OnMessagePublish', { message: createMessage(client, nextId(), sequence) });
      return persist(client, 'publish', due, make, (reply) => isRewritten(client, sequence, reply), history);
    },
    delivered(client, due) {
      // The same call again is the same message: its event has the same id.
      const id = nextId();
      const clientinfo = infoWith(client, { mountpoint: `${presence.next(client)}` });
      const call = encodeCall('OnMessageDelivered', { clientinfo, message: createMessage(client, id, 0) });
      return persist(client, 'notification', due, () => call, isTaken, presence);
    },
    async presence(client, due) {
      for (const method of ['OnClientConnected', 'OnClientDisconnected']) {
        const clientinfo = infoWith(client, { mountpoint: `${presence.next(client)}` });
        const call = encodeCall(method, { clientinfo, reason: 'normal' });
        if (!(await persist(client, 'notification', due, () => call, isTaken, presence))) return;
        due = performance.now();
      }
    },
    authorize: (client, due) => ask(client, due, `devices/${clientIdOf(client)}/commands`, true),
    forbidden: (client, due) => ask(client, due, `devices/${clientIdOf((client + 1) % count)}/x`, false),
    login: (client, due) => logIn(client, due, clients[client].password, true),
    wrongPassword: (client, due) => logIn(client, due, 'not the password', false),
  };

  function ask(client, due, topic, isAllowed) {
    const call = encodeCall('OnClientAuthorize', {
      clientinfo: clients[client].info,
      type: 'PUBLISH',
      topic,
    });
    return persist(
      client,
      'verdict',
      due,
      () => call,
      (reply) => isVerdict(reply, isAllowed),
    );
  }

  function logIn(client, due, password, isAllowed) {
    const call = encodeCall('OnClientAuthenticate', { clientinfo: infoWith(client, { password }) });
    return persist(
      client,
      'login',
      due,
      () => call,
      (reply) => isVerdict(reply, isAllowed),
    );
  }

  /** The reply shows the policy in force; an outdated one is a failure. */
  function isRewritten(client, sequence, { type, message }) {
    if (type !== 'STOP_AND_RETURN') return false;
    const payload = JSON.parse(message.payload.toString());
    return (
      payload.by === clientIdOf(client) && payload.sequence === sequence && tally.mayAnswer(payload.revision)
    );
  }

  return {
    /** Logs every client in once. */
    logInAll: () => Promise.all(clients.map((_, client) => acts.login(client, performance.now()))),
    /** @param {number} client @param {number} due when the broker would have sent it, by performance.now() */
    act: (client, due) => acts[kinds[Math.floor(Math.random() * kinds.length)]](client, due),
  };
}

function createIdentity(i) {
  const clientid = clientIdOf(i);
  return {
    password: hasToken(i) ? tokenOf(i) : PASSWORD,
    info: {
      node: NODE,
      clientid,
      username: clientid,
      peerhost: `10.0.${i >> 8}.${i & 255}`,
      sockport: 1883,
      protocol: 'mqtt',
      anonymous: true,
      peerport: 40_000 + i,
    },
  };
}

/** A reading of about 220 bytes, with the number by which the sink is compared. */
function createMessage(client, id, sequence) {
  const clientid = clientIdOf(client);
  return {
    node: NODE,
    id,
    qos: 1,
    from: clientid,
    topic: `devices/${clientid}/telemetry`,
    payload: Buffer.from(
      JSON.stringify({ sequence, celsius: 21.5, state: 'running', filler: 'x'.repeat(160) }),
    ),
    timestamp: Date.now(),
    headers: { username: clientid, protocol: 'mqtt', peerhost: '10.0.0.1' },
  };
}

function isVerdict({ type, boolResult }, isAllowed) {
  return type === 'STOP_AND_RETURN' && boolResult === isAllowed;
}

/** The answer to a notification has no content. */
function isTaken() {
  return true;
}
