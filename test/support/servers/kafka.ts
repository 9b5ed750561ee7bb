/** A Kafka cluster: librdkafka's mock, which kcat starts, with a broker of ours in front of each of its brokers. */

import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { type Front, startFront } from './kafka/front.ts';
import { findProgram, isServerMissing, type RunningProcess, run, untilReady } from './process.ts';

export { password, user } from './kafka/login.ts';

export const isKafkaMissing = isServerMissing('kcat', 'kcat');

export interface KafkaServer {
  /** Of the first broker. */
  readonly port: number;
  /** Topics that exist. */
  readonly topics: Set<string>;
  /** All records of a topic, partition after partition. */
  read(topic: string): Promise<KafkaRead[]>;
  /** Answers no records from now on. @returns what ends that. */
  hold(): () => void;
  /** How many requests with records wait for that. */
  readonly held: number;
  start(): Promise<void>;
  /** The brokers go away, with their data kept: the mock has no disk. */
  stop(): Promise<void>;
  kill(): Promise<void>;
  close(): Promise<void>;
}

export interface KafkaRead {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface KafkaOptions {
  readonly brokers?: number;
  readonly topics?: readonly string[];
  readonly needsLogin?: boolean;
  /** Files. */
  readonly tls?: {
    readonly ca: string;
    readonly cert: string;
    readonly key: string;
    readonly demandsCert?: boolean;
  };
  /** Default: 1,048,588, as in Kafka. */
  readonly maxBatchBytes?: number;
  /** The beginning of the names of topics that nobody may write to. Default: `forbidden`. */
  readonly forbidden?: string;
}

export async function startKafka(options: KafkaOptions = {}): Promise<KafkaServer> {
  const { brokers = 2, forbidden = 'forbidden', maxBatchBytes = 1_048_588, needsLogin = false } = options;
  const topics = new Set(options.topics ?? []);
  const mock = await startMock(brokers);
  const fronts = new Map<number, Front>();
  let held = 0;
  let holding: Promise<void> | undefined;
  const rules = {
    topics,
    async mayAnswer() {
      held++;
      await holding;
      held--;
    },
    needsLogin,
    maxBatchBytes,
    mayWrite: (topic: string) => !topic.startsWith(forbidden),
    portOf: (mockPort: number) => fronts.get(mockPort)?.port ?? 0,
  };
  const tls = options.tls && (await readTls(options.tls));
  for (const port of mock.ports) fronts.set(port, await startFront(port, rules, tls));
  const all = [...fronts.values()];
  const cut = async () => {
    await Promise.all(all.map((front) => front.cut()));
  };
  return {
    port: all[0]?.port ?? 0,
    topics,
    read: (topic) => readTopic(mock.ports[0] ?? 0, topic),
    hold() {
      let letGo = () => {};
      holding = new Promise((resolve) => {
        letGo = resolve;
      });
      return letGo;
    },
    get held() {
      return held;
    },
    async start() {
      await Promise.all(all.map((front) => front.mend()));
    },
    stop: cut,
    kill: cut,
    async close() {
      await cut();
      await mock.running.end('SIGKILL');
    },
  };
}

async function readTls({ ca, cert, key, demandsCert = false }: NonNullable<KafkaOptions['tls']>) {
  const [caText, certText, keyText] = await Promise.all([ca, cert, key].map((path) => readFile(path)));
  return {
    ca: caText,
    cert: certText,
    key: keyText,
    requestCert: demandsCert,
    rejectUnauthorized: demandsCert,
  };
}

/** The mock lives as long as the client it is a part of: a producer that is given nothing to produce. */
async function startMock(brokers: number): Promise<{ ports: number[]; running: RunningProcess }> {
  const settings = ['-X', `test.mock.num.brokers=${brokers}`, '-d', 'mock'];
  const running = run('kcat', ['-P', '-b', 'none', '-t', 'seed', ...settings]);
  const told = () => /Mock cluster enabled: .* replaced with (\S+)/.exec(running.printed())?.[1];
  await untilReady('kcat', running, () => told() !== undefined);
  const ports = (told() ?? '').split(',').map((address) => Number(address.split(':')[1]));
  return { ports, running };
}

/** The lengths come first, since keys and values may hold anything. */
const FORMAT = '%p %o %K %S\\n%k%s\\n';

async function readTopic(port: number, topic: string): Promise<KafkaRead[]> {
  const from = ['-C', '-b', `127.0.0.1:${port}`, '-t', topic, '-o', 'beginning', '-e', '-q'];
  const [raw, json] = await Promise.all([kcat([...from, '-f', FORMAT]), kcat([...from, '-J'])]);
  const headers = new Map(
    json
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
      .map(({ partition, offset, headers: pairs = [] }) => [`${partition} ${offset}`, headersOf(pairs)]),
  );
  const records: KafkaRead[] = [];
  for (let rest = raw; rest.length > 0; ) {
    const end = rest.indexOf('\n');
    const [partition = 0, offset = 0, keyLength = 0, valueLength = 0] = rest
      .subarray(0, end)
      .toString()
      .split(' ')
      .map((number) => Math.max(0, Number(number)));
    const [key, value] = [end + 1 + keyLength, end + 1 + keyLength + valueLength];
    records.push({
      topic,
      partition,
      key: rest.subarray(end + 1, key).toString(),
      value: rest.subarray(key, value),
      headers: headers.get(`${partition} ${offset}`) ?? {},
    });
    rest = rest.subarray(value + 1);
  }
  return records;
}

function headersOf(pairs: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let i = 0; i < pairs.length; i += 2) headers[pairs[i] ?? ''] = pairs[i + 1] ?? '';
  return headers;
}

async function kcat(args: readonly string[]): Promise<Buffer> {
  const child = spawn(findProgram('kcat') ?? 'kcat', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  return await buffer(child.stdout);
}
