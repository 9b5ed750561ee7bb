/** A broker as far as this test needs one: clients that publish, and wait for each answer. */
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { encodeIngress, encodePublish, INGRESS, isUnchanged, PUBLISH } from './messages.mjs';

const CONNECTIONS = 8;
/** What EMQX waits, in milliseconds. */
const TIMEOUT = 5_000;
/** Milliseconds that a client waits when its broker cannot reach the server. */
const PAUSE = 20;

const same = (bytes) => bytes;

/** A call waits for its connection, as in the broker's pool. */
const metadata = new Metadata({ waitForReady: true });

/**
 * @param {{ port: number, clients: number, publishes: number, atIngress?: boolean, onAnswer?: (answered: number) => void }} options
 * With `atIngress` as EMQX 6.3 with failed_action = deny: whatever is not answered "unchanged" disconnects the client, which
 * gets no acknowledgement, connects again and sends the message again: a new one, with a new id.
 *
 * @returns calls answered "unchanged" in the order of the answers, and how many failed
 */
export async function publishAll({ port, clients, publishes, onAnswer, atIngress = false, run = '' }) {
  const connections = Array.from(
    { length: CONNECTIONS },
    (_, i) => new Client(`127.0.0.1:${port}`, credentials.createInsecure(), { 'exhook.connection': i }),
  );
  const answered = [];
  let next = 0;
  let failed = 0;
  const one = (connection, request) =>
    new Promise((resolve) => {
      const deadline = Date.now() + TIMEOUT;
      const path = atIngress ? INGRESS : PUBLISH;
      connection.makeUnaryRequest(path, same, same, request, metadata, { deadline }, (error, reply) =>
        resolve(error === null && isUnchanged(reply)),
      );
    });
  const client = async (i) => {
    const connection = connections[i % CONNECTIONS];
    let isAcknowledged = true;
    for (let sequence = 0; next < publishes || !isAcknowledged; sequence++) {
      if (isAcknowledged) next++;
      const clientid = `client-${i}`;
      const id = `${run}${i.toString(16).padStart(8, '0')}${sequence.toString(16).padStart(16, '0')}`;
      const request = atIngress ? encodeIngress({ id, clientid }) : encodePublish({ id, clientid });
      const isDone = await one(connection, request);
      isAcknowledged = isDone || !atIngress;
      if (isDone) {
        answered.push({ client: clientid, id });
        onAnswer?.(answered.length + failed);
      } else {
        failed++;
        onAnswer?.(answered.length + failed);
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, i) => client(i)));
  for (const connection of connections) connection.close();
  return { answered, failed };
}
