/** A broker as far as this test needs one, by libraries that are not ours. */
import { fileURLToPath } from 'node:url';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const root = fileURLToPath(new URL('../../proto', import.meta.url));
const definition = loadSync('emqx/exhook/v3/exhook.proto', { includeDirs: [root], enums: String });
const methods = definition['emqx.exhook.v3.HookProvider'];

/** What EMQX waits, in milliseconds. */
const TIMEOUT = 5_000;
const meta = { node: 'emqx@127.0.0.1', version: '5.10.3', sysdescr: 'EMQX', clusterName: 'emqxcl' };

export class Broker {
  #client;

  constructor(port) {
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
      // A server that has just been started is not there for a moment.
      'grpc.initial_reconnect_backoff_ms': 5,
      'grpc.max_reconnect_backoff_ms': 5,
    });
  }

  /** Calls as a broker does, and waits for the connection. */
  call(name, request) {
    const { path, requestSerialize, responseDeserialize } = methods[name];
    const metadata = new Metadata({ waitForReady: true });
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        { meta, ...request },
        metadata,
        { deadline: Date.now() + TIMEOUT },
        (error, reply) => (error === null ? resolve(reply) : reject(new Error(`${name}: ${error.message}`))),
      );
    });
  }

  load() {
    return this.call('OnProviderLoaded', { broker: { version: '5.10.3', sysdescr: 'EMQX' } });
  }

  /** @returns {Promise<boolean | undefined>} whether the client is let in; nothing: the server did not decide */
  async login(username, password) {
    const clientinfo = { clientid: username, username, password, peerhost: '127.0.0.1', protocol: 'mqtt' };
    const { type, boolResult } = await this.call('OnClientAuthenticate', { clientinfo });
    return type === 'STOP_AND_RETURN' ? boolResult : undefined;
  }

  /** @returns {Promise<boolean>} whether the broker is told to drop the message */
  async publish(topic) {
    const { message } = await this.call('OnMessagePublish', { message: { topic, from: 'a', qos: 1 } });
    return message?.headers?.allow_publish === 'false';
  }

  connected(clientid) {
    return this.call('OnClientConnected', { clientinfo: { clientid, protocol: 'mqtt' } });
  }

  close() {
    this.#client.close();
  }
}
