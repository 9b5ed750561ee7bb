/** MQTT clients that publish endlessly, and wait for each answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeCall, NODE } from '../../../bench/soak/calls.mjs';

/** Milliseconds that a client waits between two messages: a run is about moves, not about speed. */
const PAUSE = 5;

const clientIdOf = (client) => `client-${client}`;
export const clientOf = (clientid) => Number(clientid.slice('client-'.length));
/** A message has its number in its id. */
export const sequenceOf = (id) => Number.parseInt(id.slice(-16), 16);

/**
 * @param {object} options
 * @param {number} options.count
 * @param {{ call: Function }} options.pool
 * @param {import('../../../bench/soak/ledger.mjs').Ledger} options.ledger
 */
export function startPublishers({ count, pool, ledger }) {
  /** @type {Map<string, number>} */
  const failures = new Map();
  let isOver = false;
  let answers = 0;

  async function publish(client) {
    while (!isOver) {
      const sequence = ledger.next(client);
      const answer = await pool.call(client, encodePublish(client, sequence));
      if (answer.kind === 'answered' && answer.reply?.type === 'IGNORE') {
        answers++;
        ledger.acknowledge(client);
      } else {
        const text = `${answer.kind} ${answer.status ?? ''} ${answer.text}`;
        failures.set(text, (failures.get(text) ?? 0) + 1);
        ledger.resend(client);
      }
      await sleep(PAUSE);
    }
  }

  const running = Promise.all(Array.from({ length: count }, (_, client) => publish(client)));
  return {
    failures,
    get answers() {
      return answers;
    },
    async stop() {
      isOver = true;
      await running;
    },
  };
}

function encodePublish(client, sequence) {
  const clientid = clientIdOf(client);
  return encodeCall('OnMessagePublish', {
    message: {
      node: NODE,
      id: `${client.toString(16).padStart(16, '0')}${sequence.toString(16).padStart(16, '0')}`,
      qos: 1,
      from: clientid,
      topic: `plant/${clientid}/telemetry`,
      payload: Buffer.from(JSON.stringify({ celsius: 21.5, filler: 'x'.repeat(180) })),
      timestamp: 1_795_373_441_754,
      headers: { username: clientid, protocol: 'mqtt', peerhost: '127.0.0.1' },
    },
  });
}
