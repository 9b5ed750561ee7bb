/** Simulated devices: some do as they should, some are refused, and what some send is rewritten or lost. */
import { connect, type IClientOptions, type MqttClient } from 'mqtt';

interface Device {
  readonly about: string;
  readonly options: IClientOptions;
  /** Topics that it subscribes to. */
  readonly subscribes?: readonly string[];
  /** What it sends, in turn. */
  readonly sends?: readonly (readonly [topic: string, payload: () => string])[];
  /** Milliseconds between two messages, or between two attempts to log in. */
  readonly every: number;
}

const celsius = () => JSON.stringify({ celsius: Math.round(180 + 80 * Math.random()) / 10 });

export const devices: readonly Device[] = [
  {
    about: 'board watches everything',
    options: { clientId: 'board', username: 'dashboard', password: 'look-at-all' },
    subscribes: ['devices/#'],
    every: 60_000,
  },
  {
    about: 'pump-1 sends readings, which get its name, and alarms, which no service takes',
    options: { clientId: 'pump-1', username: 'pump-1', password: 'pump-one' },
    subscribes: ['devices/pump-1/commands'],
    sends: [
      ['devices/pump-1/reading', celsius],
      ['devices/pump-1/reading', celsius],
      ['devices/pump-1/alarm', () => 'too hot'],
    ],
    every: 2_000,
  },
  {
    about: "pump-2 is faulty: it sends impossible readings, uses pump-1's topic, and wants to see everything",
    options: { clientId: 'pump-2', username: 'pump-2', password: 'pump-two', protocolVersion: 5 },
    subscribes: ['#'],
    sends: [
      ['devices/pump-2/reading', () => '{"celsius":900}'],
      ['devices/pump-1/reading', celsius],
      ['devices/pump-2/reading', celsius],
    ],
    every: 3_000,
  },
  {
    about: 'pump-3 has a wrong password',
    options: { clientId: 'pump-3', username: 'pump-1', password: 'guessed' },
    every: 5_000,
  },
];

export interface Fleet {
  stop(): void;
}

/** @param port of MQTT over TCP on this machine. */
export function startDevices(port: number, fleet = devices): Fleet {
  const stops = fleet.map((device) => startDevice(`mqtt://127.0.0.1:${port}`, device));
  return {
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}

function startDevice(url: string, { options, subscribes = [], sends = [], every }: Device): () => void {
  const client = connect(url, { ...options, reconnectPeriod: every });
  // A refusal is what is to be seen; it connects again by itself, except with MQTT 5 and 3.1.1 after a refused login.
  client.on('error', () => {});
  const again = keepTrying(client, every);
  client.on('connect', () => {
    for (const topic of subscribes) client.subscribe(topic, { qos: 1 }, () => {});
  });
  let turn = 0;
  const timer = setInterval(() => {
    const next = sends[turn++ % Math.max(1, sends.length)];
    if (next !== undefined && client.connected) client.publish(next[0], next[1](), { qos: 1 }, () => {});
  }, every);
  return () => {
    clearInterval(timer);
    clearInterval(again);
    client.end(true);
  };
}

/** MQTT.js gives up after a refused login. */
function keepTrying(client: MqttClient, every: number): NodeJS.Timeout {
  return setInterval(() => {
    if (!client.connected && !client.reconnecting) client.reconnect();
  }, every);
}
