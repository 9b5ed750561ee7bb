/** Opens the sink: the library, TLS and the login. */

import type { ChannelModel } from 'amqplib';
import { prepareAccess } from '../access.ts';
import type { OpenSink } from '../sink.ts';
import type { RabbitmqOptions } from './declaration.ts';
import { RabbitmqSink } from './sink.ts';

export const openRabbitmq: OpenSink<RabbitmqOptions> = async (options, world) => {
  const { library, password, tls } = await prepareAccess(import('amqplib'), options, world);
  const { host, vhost, user, heartbeat, timeout } = options;
  const port = options.port ?? (tls === undefined ? 5672 : 5671);
  const place = `RabbitMQ at ${host}:${port}`;
  const url = {
    protocol: tls === undefined ? 'amqp' : 'amqps',
    hostname: host,
    port,
    username: user,
    password: password ?? '',
    // The client takes it as a part of a URL.
    vhost: encodeURIComponent(vhost),
    heartbeat: Math.round(heartbeat / 1000),
  };
  const socket = { ...tls, timeout, noDelay: true, clientProperties: { connection_name: 'exhook-edge' } };
  return new RabbitmqSink(
    () => library.default.connect(url, socket) as Promise<ChannelModel>,
    options,
    place,
    world,
  );
};
