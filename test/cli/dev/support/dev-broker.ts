/** The dev broker with a provider of the test's, and MQTT clients that are not ours. */
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { onTestFinished } from 'vitest';
import { type DevBroker, openDevBroker } from '../../../../src/cli/dev/broker/open.ts';
import { Provider } from '../../../../src/cli/dev/exhook/provider.ts';
import { type Release, releases } from '../../../../src/cli/dev/exhook/release.ts';
import { until } from '../../../support/until.ts';
import { aProvider, type FakeProvider, type FakeProviderOptions } from './fake-provider.ts';

export interface Tried {
  readonly broker: DevBroker;
  readonly provider: FakeProvider;
  readonly port: number;
  /** What the broker said to the person who tries it. */
  readonly said: string[];
  /** Calls that failed. */
  readonly failures: string[];
  /** Connects a client of MQTT.js, which does not connect again by itself. */
  connect(options?: IClientOptions): Promise<MqttClient>;
  /** Waits until so many calls of a hook have come. */
  called(hook: string, times?: number): Promise<void>;
  close(): Promise<void>;
}

export interface TriedOptions extends FakeProviderOptions {
  readonly as?: string;
  readonly likeEmqx?: boolean;
  /** Milliseconds. */
  readonly timeout?: number;
}

export async function aDevBroker(options: TriedOptions = {}): Promise<Tried> {
  const { as = '5.10.3', likeEmqx = false, timeout = 20_000 } = options;
  const fake = await aProvider(options);
  const failures: string[] = [];
  const said: string[] = [];
  const provider = new Provider({
    release: releases[as] as Release,
    timeout,
    onFailure: (hook, reason) => failures.push(`${hook}: ${reason}`),
  });
  await provider.load(fake.url);
  const broker = await openDevBroker({ provider, mqtt: 0, ws: 0, likeEmqx, say: (text) => said.push(text) });
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await broker.close();
    await provider.unload();
  };
  onTestFinished(close);
  return {
    broker,
    provider: fake,
    port: broker.mqtt,
    said,
    failures,
    connect: (clientOptions) => connectTo(`mqtt://127.0.0.1:${broker.mqtt}`, clientOptions),
    called: async (hook, times = 1) => {
      await until(`${times} calls of ${hook}`, () => fake.of(hook).length >= times);
    },
    close,
  };
}

export async function connectTo(url: string, options: IClientOptions = {}): Promise<MqttClient> {
  const client = await connectAsync(url, { reconnectPeriod: 0, ...options }, false);
  client.on('error', () => {});
  onTestFinished(() => void client.end(true));
  return client;
}

/** Publishes with MQTT 5. @returns the reason code of PUBACK or PUBREC, which MQTT.js does not hand on. */
export async function reasonOf(
  client: MqttClient,
  topic: string,
  payload: string,
  qos: 1 | 2 = 1,
): Promise<number | undefined> {
  const reason = new Promise<number | undefined>((resolve) => {
    const see = (packet: { readonly cmd: string; readonly reasonCode?: number }): void => {
      if (packet.cmd !== 'puback' && packet.cmd !== 'pubrec') return;
      client.off('packetreceive', see);
      resolve(packet.reasonCode);
    };
    client.on('packetreceive', see);
  });
  await client.publishAsync(topic, payload, { qos });
  return await reason;
}
