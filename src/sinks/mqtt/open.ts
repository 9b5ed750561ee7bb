/** Opens the sink: the library, TLS and the login. */

import { randomUUID } from 'node:crypto';
import type { IClientOptions } from 'mqtt';
import { prepareAccess } from '../access.ts';
import type { OpenSink } from '../sink.ts';
import type { MqttOptions } from './declaration.ts';
import { MqttSink } from './sink.ts';

export const openMqtt: OpenSink<MqttOptions> = async (options, world) => {
  const { library, password, tls } = await prepareAccess(import('mqtt'), options, world);
  const { host, user, keepAlive, timeout } = options;
  const port = options.port ?? (tls === undefined ? 1883 : 8883);
  const connection: IClientOptions = {
    ...(tls as IClientOptions | undefined),
    protocol: tls === undefined ? 'mqtt' : 'mqtts',
    host,
    port,
    clientId: options.clientId ?? `exhook-${randomUUID()}`,
    protocolVersion: 5,
    // The queue retries what is not acknowledged, and nothing is subscribed: no session is needed.
    clean: true,
    reconnectPeriod: 0,
    connectTimeout: timeout,
    keepalive: Math.round(keepAlive / 1000),
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
  };
  return new MqttSink(
    (given) => library.default.connect(given),
    connection,
    options,
    `MQTT broker at ${host}:${port}`,
    world,
  );
};
