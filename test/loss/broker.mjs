/** A broker as far as this test needs one: clients that publish, each waiting for its answer before it goes on. */
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { encodePublish, isUnchanged, PUBLISH } from './messages.mjs';

const CONNECTIONS = 8;
/** What EMQX waits, in milliseconds. */
const TIMEOUT = 5_000;
/** Milliseconds that a client waits when its broker cannot reach the server. */
const PAUSE = 20;

const same = (bytes) => bytes;

/** A call waits for its connection, as in the broker's pool. */
const metadata = new Metadata({ waitForReady: true });

/**
 * @param {{ port: number, clients: number, publishes: number, onAnswer?: (answered: number) => void }} options
 * @returns calls answered "unchanged" in the order of the answers, and how many failed
 */
export async function publishAll({ port, clients, publishes, onAnswer, run = '' }) {
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
      connection.makeUnaryRequest(PUBLISH, same, same, request, metadata, { deadline }, (error, reply) =>
        resolve(error === null && isUnchanged(reply)),
      );
    });
  const client = async (i) => {
    const connection = connections[i % CONNECTIONS];
    for (let sequence = 0; next < publishes; sequence++) {
      next++;
      const clientid = `client-${i}`;
      const id = `${run}${i.toString(16).padStart(8, '0')}${sequence.toString(16).padStart(16, '0')}`;
      if (await one(connection, encodePublish({ id, clientid }))) {
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
