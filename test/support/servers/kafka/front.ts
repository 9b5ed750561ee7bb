/**
 * A broker in front of one of librdkafka's mock cluster. The mock stores and serves records, and knows
 * idempotent producers; it speaks older versions of some requests than a client of today, and has no rights,
 * limits, logins and TLS. Those are added here. All else passes through as it is.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { freePort } from '../../../../scripts/free-port.mjs';
import { type Login, mechanisms, startLogin } from './login.ts';
import { Packets, packetOf, Reader, Writer } from './wire.ts';

const Api = {
  produce: 0,
  metadata: 3,
  saslHandshake: 17,
  apiVersions: 18,
  createTopics: 19,
  initProducerId: 22,
  saslAuthenticate: 36,
} as const;

/** Supported versions: the lowest and the highest. */
const versions: readonly (readonly [api: number, min: number, max: number])[] = [
  [Api.produce, 7, 7],
  [Api.metadata, 9, 9],
  [Api.saslHandshake, 1, 1],
  [Api.apiVersions, 3, 3],
  [Api.createTopics, 7, 7],
  [Api.initProducerId, 3, 4],
  [Api.saslAuthenticate, 2, 2],
];

const Code = { unknownTopic: 3, tooLarge: 10, topicAuthorization: 29, topicExists: 36, login: 58 } as const;

export interface FrontRules {
  /** Topics that exist; the mock would make any that it is asked for. */
  readonly topics: Set<string>;
  readonly needsLogin: boolean;
  /** Bytes of the largest batch of records that a partition takes. */
  readonly maxBatchBytes: number;
  /** May this topic be written to? */
  mayWrite(topic: string): boolean;
  /** Resolves when records may be written. */
  mayAnswer(): Promise<void>;
  /** The port of the front of the broker that listens there. */
  portOf(mockPort: number): number;
}

export interface Front {
  readonly port: number;
  /** Ends the open connections and refuses new ones. */
  cut(): Promise<void>;
  /** Listens again on the same port. */
  mend(): Promise<void>;
}

interface Request {
  readonly api: number;
  readonly version: number;
  readonly correlation: number;
  readonly body: Reader;
  readonly packet: Buffer;
}

export async function startFront(mockPort: number, rules: FrontRules, tls?: TlsOptions): Promise<Front> {
  const sockets = new Set<Socket>();
  const serve = (client: Socket) => {
    const upstream = connect(mockPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
    }
    new FrontConnection(client, upstream, rules);
  };
  const server: Server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  server.on('tlsClientError', () => {});
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const port = await freePort();
  await listen(port);
  return {
    port,
    async cut() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    mend: () => listen(port),
  };
}

/** Answers one request after the other, as Kafka does. */
class FrontConnection {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #rules: FrontRules;
  readonly #answers: ((packet: Buffer) => void)[] = [];
  #login: Login | undefined;

  constructor(client: Socket, upstream: Socket, rules: FrontRules) {
    this.#client = client;
    this.#upstream = upstream;
    this.#rules = rules;
    const [requests, responses] = [new Packets(), new Packets()];
    let last: Promise<unknown> = Promise.resolve();
    client.on('data', (chunk) => {
      for (const packet of requests.push(chunk))
        last = last.then(() => this.#handle(packet)).catch(() => client.destroy());
    });
    upstream.on('data', (chunk) => {
      for (const packet of responses.push(chunk)) this.#answers.shift()?.(packet);
    });
  }

  async #handle(packet: Buffer): Promise<void> {
    const body = new Reader(packet);
    const request = { api: body.int16(), version: body.int16(), correlation: body.int32(), body, packet };
    body.text();
    const mayCome = !this.#rules.needsLogin || this.#login?.isDone || loginApis.has(request.api);
    if (!mayCome) throw new Error('not logged in');
    const answer = await this.#answer(request);
    this.#client.write(packetOf(answer));
  }

  async #answer(request: Request): Promise<Buffer> {
    switch (request.api) {
      case Api.apiVersions:
        return answerVersions(request);
      case Api.metadata:
        return await this.#metadata(request);
      case Api.createTopics:
        return await this.#createTopics(request);
      case Api.produce:
        await this.#rules.mayAnswer();
        return await this.#produce(request);
      case Api.saslHandshake:
        return this.#handshake(request);
      case Api.saslAuthenticate:
        return this.#authenticate(request);
      case Api.initProducerId:
        return await this.#ask(withoutProducer(request.packet));
      default:
        return await this.#ask(request.packet);
    }
  }

  #ask(packet: Buffer): Promise<Buffer> {
    return new Promise((resolve) => {
      this.#answers.push(resolve);
      this.#upstream.write(packetOf(packet));
    });
  }

  #handshake({ correlation, body }: Request): Buffer {
    this.#login = startLogin(body.text() ?? '');
    const answer = new Writer().int32(correlation).int16(0);
    return answer.array(mechanisms, (one) => answer.text(one)).buffer;
  }

  #authenticate({ correlation, body }: Request): Buffer {
    body.tags();
    const answer = new Writer().int32(correlation).tags();
    try {
      const said = this.#login?.next(body.compactBytes() ?? Buffer.alloc(0)) ?? Buffer.alloc(0);
      answer.int16(0).compactText(null).compactBytes(said);
    } catch {
      answer.int16(Code.login).compactText('refused').compactBytes(Buffer.alloc(0));
    }
    return answer.int64(0n).tags().buffer;
  }

  /** Version 9 of the client, version 2 of the mock. */
  async #metadata({ correlation, body }: Request): Promise<Buffer> {
    body.tags();
    const asked = body.compactArray(() => {
      const name = body.compactText() ?? '';
      body.tags();
      return name;
    });
    const makesTopics = body.flag();
    const names = asked ?? [...this.#rules.topics];
    if (makesTopics) for (const name of names) this.#rules.topics.add(name);
    const denied = names.filter((name) => !this.#rules.mayWrite(name));
    const missing = names.filter((name) => !denied.includes(name) && !this.#rules.topics.has(name));
    const known = names.filter((name) => !denied.includes(name) && !missing.includes(name));
    const cluster = await this.#cluster(known);
    const answer = new Writer().int32(correlation).tags().int32(0);
    answer.compactArray(cluster.brokers, ({ id, host, port }) =>
      answer.int32(id).compactText(host).int32(this.#rules.portOf(port)).compactText(null).tags(),
    );
    answer.compactText(cluster.id).int32(cluster.controller);
    const failed = [
      ...missing.map((name) => ({ name, code: Code.unknownTopic, partitions: [] })),
      ...denied.map((name) => ({ name, code: Code.topicAuthorization, partitions: [] })),
    ];
    const byName = new Map([...cluster.topics, ...failed].map((topic) => [topic.name, topic]));
    answer.compactArray(
      names.flatMap((name) => byName.get(name) ?? []),
      (topic) => writeTopic(answer, topic),
    );
    return answer.int32(0).tags().buffer;
  }

  async #cluster(topics: readonly string[]): Promise<Cluster> {
    const question = new Writer().int16(Api.metadata).int16(2).int32(0).text('front');
    question.array(topics, (name) => question.text(name));
    return readCluster(new Reader(await this.#ask(question.buffer)));
  }

  async #createTopics({ correlation, body }: Request): Promise<Buffer> {
    body.tags();
    const topics = readNewTopics(body);
    const answer = new Writer().int32(correlation).tags().int32(0);
    const isNew = topics.map(({ name }) => !this.#rules.topics.has(name));
    for (const { name } of topics) this.#rules.topics.add(name);
    await this.#cluster(topics.map(({ name }) => name));
    answer.compactArray(topics, ({ name, partitions, replicas }) => {
      const code = isNew[topics.findIndex((topic) => topic.name === name)] ? 0 : Code.topicExists;
      answer.compactText(name).raw(Buffer.alloc(16)).int16(code).compactText(null);
      answer.int32(partitions).int16(replicas).varint(1).tags();
    });
    return answer.tags().buffer;
  }

  /** The partitions whose records may not be written are answered here; the mock gets the others. */
  async #produce({ version, correlation, body, packet }: Request): Promise<Buffer> {
    const start = packet.length - body.rest.length;
    const transaction = body.text();
    const [acks, timeout] = [body.int16(), body.int32()];
    const partitions = body
      .array(() => {
        const topic = body.text() ?? '';
        return body.array(() => ({ topic, index: body.int32(), records: body.bytes() }));
      })
      .flat();
    const codeOf = ({ topic, records }: { readonly topic: string; readonly records: Buffer }) => {
      if (!this.#rules.mayWrite(topic)) return Code.topicAuthorization;
      return records.length > this.#rules.maxBatchBytes ? Code.tooLarge : 0;
    };
    const refused = partitions.filter((partition) => codeOf(partition) !== 0);
    if (refused.length === 0) return await this.#ask(packet);
    const taken = partitions.filter((partition) => codeOf(partition) === 0);
    const question = new Writer().raw(packet.subarray(0, start)).text(transaction).int16(acks).int32(timeout);
    question.array(taken, ({ topic, index, records }) =>
      question.text(topic).array([records], () => question.int32(index).bytes(records)),
    );
    const results = taken.length === 0 ? [] : readProduced(await this.#ask(question.buffer), version);
    const failed = refused.map((partition) => ({ ...partition, code: codeOf(partition), rest: NO_OFFSETS }));
    const answer = new Writer().int32(correlation);
    answer.array([...results, ...failed], ({ topic, index, code, rest }) =>
      answer.text(topic).array([index], () => answer.int32(index).int16(code).raw(rest)),
    );
    return answer.int32(0).buffer;
  }
}

/** A producer without an identity asks for one as number 0; Kafka gives it a new one, the mock wants -1 for that. */
function withoutProducer(packet: Buffer): Buffer {
  const [idAndEpoch, tags] = [10, 1];
  return Buffer.from(packet).fill(0xff, packet.length - idAndEpoch - tags, packet.length - tags);
}

const loginApis: ReadonlySet<number> = new Set([Api.apiVersions, Api.saslHandshake, Api.saslAuthenticate]);

/** Base offset, time of the append, first offset of the log: none of them. */
const NO_OFFSETS = Buffer.alloc(24, 0xff);

function answerVersions({ correlation }: Request): Buffer {
  const answer = new Writer().int32(correlation).int16(0);
  answer.compactArray(versions, ([api, min, max]) => answer.int16(api).int16(min).int16(max).tags());
  return answer.int32(0).tags().buffer;
}

interface TopicInfo {
  readonly name: string;
  readonly code: number;
  readonly partitions: readonly {
    readonly code: number;
    readonly index: number;
    readonly leader: number;
    readonly replicas: readonly number[];
  }[];
}

interface Cluster {
  readonly id: string | null;
  readonly controller: number;
  readonly brokers: readonly { readonly id: number; readonly host: string; readonly port: number }[];
  readonly topics: readonly TopicInfo[];
}

function readCluster(answer: Reader): Cluster {
  answer.int32();
  const brokers = answer.array(() => {
    const broker = { id: answer.int32(), host: answer.text() ?? '', port: answer.int32() };
    answer.text();
    return broker;
  });
  const [id, controller] = [answer.text(), answer.int32()];
  const topics = answer.array(() => {
    const [code, name] = [answer.int16(), answer.text() ?? ''];
    answer.flag();
    const partitions = answer.array(() => {
      const [code, index, leader] = [answer.int16(), answer.int32(), answer.int32()];
      const replicas = answer.array(answer.int32);
      answer.array(answer.int32);
      return { code, index, leader, replicas };
    });
    return { name, code, partitions };
  });
  return { id, controller, brokers, topics };
}

function writeTopic(answer: Writer, { name, code, partitions }: TopicInfo): void {
  answer.int16(code).compactText(name).flag(false);
  answer.compactArray(partitions, ({ code: trouble, index, leader, replicas }) => {
    answer.int16(trouble).int32(index).int32(leader).int32(0);
    answer.compactArray(replicas, answer.int32).compactArray(replicas, answer.int32).varint(1).tags();
  });
  answer.int32(0).tags();
}

function readNewTopics(body: Reader) {
  const topics = body.compactArray(() => {
    const topic = { name: body.compactText() ?? '', partitions: body.int32(), replicas: body.int16() };
    // Assignments and settings: none are sent.
    body.varint();
    body.varint();
    body.tags();
    return topic;
  });
  return topics ?? [];
}

function readProduced(packet: Buffer, _version: number) {
  const answer = new Reader(packet);
  answer.int32();
  return answer
    .array(() => {
      const topic = answer.text() ?? '';
      return answer.array(() => ({
        topic,
        index: answer.int32(),
        code: answer.int16(),
        rest: answer.take(24),
      }));
    })
    .flat();
}
