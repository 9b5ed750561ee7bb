/**
 * A broker node that behaves like EMQX releases were observed to: which calls it makes, how it interprets the answers,
 * when it reads the list of hooks. It has no clock: tests trigger its health check or a reconnect.
 */
import { type DescMessage, fromBinary } from '@bufbuild/protobuf';
import { onTestFinished } from 'vitest';
import { matches } from '../../../src/policy/topics/topic-filter.ts';
import type { HookName } from '../../../src/protocol/schema/hook-name.ts';
import { methodOf } from '../../../src/protocol/wire/descriptors.ts';
import { encodeRequest } from '../../../src/protocol/wire/encode-request.ts';
import { rpcs } from '../../../src/protocol/wire/rpc.ts';
import { aBroker, aClient, aConnection, aCredential, aMessage, aMeta } from '../inputs.ts';
import { type CallResult, Connection } from './connection.ts';
import { type Release, releaseOf } from './release.ts';

export interface NodeOptions {
  readonly version: string;
  readonly node?: string;
  readonly failedAction?: 'deny' | 'ignore';
  /** Milliseconds; EMQX waits 5000. */
  readonly timeout?: number;
  readonly hasIngress?: boolean;
}

/** A message of a client. */
export interface Publication {
  readonly topic: string;
  readonly payload?: string;
  readonly clientid?: string;
  readonly retain?: boolean;
  /** Correlation-Data, or another value, that is not UTF-8. */
  readonly isUnencodable?: boolean;
  /** Of a message that no client sent. */
  readonly isFromRest?: boolean;
}

export interface Published {
  /** As subscribers get it; nothing when it is not routed. */
  readonly routed: { readonly topic: string; readonly payload: string } | undefined;
  /** As it was kept: the retainer comes before message.publish, and after message.ingress. */
  readonly retained: { readonly topic: string; readonly payload: string } | undefined;
  readonly acknowledged: boolean;
  readonly isDisconnected: boolean;
}

interface Wire {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

type Answer =
  | { readonly kind: 'ignore' | 'true' | 'false' | 'failed' }
  | { readonly kind: 'message'; readonly message: Wire };

interface Held {
  readonly name: HookName;
  readonly topics: readonly string[];
}

const POOL = 8;

export class BrokerNode {
  readonly release: Release;
  readonly node: string;
  status: 'connecting' | 'connected' | 'disconnected' | 'disabled' = 'connecting';
  /** How often each call is made. */
  copies = 1;
  held: readonly Held[] = [];
  /** Calls that were made, by hook, in their order. */
  readonly called: HookName[] = [];
  readonly #connections: Connection[];
  /** Calls that do not arrive, from now on. */
  losing: readonly HookName[] = [];
  readonly #options: Required<Pick<NodeOptions, 'failedAction' | 'timeout'>>;
  #wasAway = false;
  #ids = 0;

  constructor(
    url: string,
    { version, node = 'emqx@10.0.0.1', failedAction = 'deny', timeout = 5_000, hasIngress }: NodeOptions,
  ) {
    this.release = releaseOf(version, hasIngress);
    this.node = node;
    this.#options = { failedAction, timeout };
    this.#connections = Array.from({ length: POOL }, () => new Connection(url, this.release.goaway));
    onTestFinished(() => this.close());
  }

  get hooks(): string[] {
    return this.held.map(({ name }) => name);
  }

  get lost(): number {
    return this.#connections.reduce((sum, { lost }) => sum + lost, 0);
  }

  /** OnProviderLoaded: at its start, every auto_reconnect while it could not, and at a reload. */
  async load(): Promise<void> {
    const result = await this.#call('provider.loaded', {
      broker: aBroker({ version: this.release.version }),
    });
    if (result.kind !== 'reply') return;
    const { hooks } = this.#read<{ hooks: readonly Held[] }>('provider.loaded', result.bytes);
    const isKnown = hooks.every(({ name }) => this.release.hooks.includes(name));
    this.status = isKnown ? 'connected' : 'connecting';
    if (isKnown) this.held = hooks;
  }

  /** An operator disables and enables the server. */
  async reload(): Promise<void> {
    await this.#call('provider.unloaded', {});
    if (!(this.#wasAway && this.release.keepsHooks)) this.held = [];
    await this.load();
  }

  /** Every 5 s. It is true when the server answered. */
  async checkHealth(): Promise<boolean> {
    if (!this.release.checksHealth) return true;
    const result = await this.#connections[0]?.call('/grpc.health.v1.Health/Check', {
      timeout: this.#options.timeout,
      body: new Uint8Array(),
    });
    const isThere = result?.kind === 'reply' || result?.kind === 'error';
    if (!isThere) {
      this.status = 'disconnected';
      this.#wasAway = true;
    }
    return isThere;
  }

  /** Up to `auto_reconnect` later: only a health check that failed leads to it. */
  async reconnect(): Promise<void> {
    if (this.status === 'connecting') return await this.load();
    if (this.status !== 'disconnected') return;
    if (this.release.listGrows) this.copies++;
    await this.load();
  }

  /** A client logs in. @returns whether it is admitted. */
  async connect(clientid: string): Promise<boolean> {
    const conninfo = aConnection({ node: this.node, clientid });
    const clientinfo = aClient({ node: this.node, clientid });
    await this.#notify('client.connect', { conninfo }, clientid);
    const credentials = aCredential({ node: this.node, clientid });
    const verdict = await this.#ask(
      'client.authenticate',
      { clientinfo: credentials, result: true },
      clientid,
    );
    const isAdmitted =
      verdict === undefined || verdict.kind === 'ignore'
        ? verdict === undefined || this.release.undecided === 'admit'
        : verdict.kind === 'failed'
          ? this.#options.failedAction === 'ignore'
          : verdict.kind === 'true';
    if (!isAdmitted) return false;
    await this.#notify('session.created', { clientinfo }, clientid);
    await this.#notify('client.connected', { clientinfo }, clientid);
    await this.#notify('client.connack', { conninfo, resultCode: 'success' }, clientid);
    return true;
  }

  async publish(publication: Publication): Promise<Published> {
    const { topic, payload = 'x', clientid = 'c1', retain = false, isFromRest = false } = publication;
    const headers = isFromRest ? {} : { protocol: 'mqtt', username: 'u' };
    const id = `${(++this.#ids).toString(16)}`.padStart(32, '0').toUpperCase();
    const message = aMessage({
      id,
      node: this.node,
      from: isFromRest ? 'http_api' : clientid,
      topic,
      payload: bytesOf(payload),
      headers,
    });
    const isEncodable = !publication.isUnencodable || !this.release.sendsCorrelationData;
    const arrived = isFromRest ? message : await this.#arrive(message, clientid, isEncodable);
    if (arrived === undefined)
      return { routed: undefined, retained: undefined, acknowledged: false, isDisconnected: true };
    const answer = await this.#ask(
      'message.publish',
      { message: arrived },
      arrived.from,
      arrived.topic,
      isEncodable,
    );
    // A publish is never blocked because its call failed.
    const routed = answer?.kind === 'message' ? { ...arrived, ...answer.message } : arrived;
    return {
      routed: routed.headers.allow_publish === 'false' ? undefined : said(routed),
      retained: retain ? said(arrived) : undefined,
      acknowledged: true,
      isDisconnected: false,
    };
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  /** message.ingress. Nothing when the client is disconnected. */
  async #arrive<Message extends Wire>(
    message: Message,
    clientid: string,
    isEncodable: boolean,
  ): Promise<Message | undefined> {
    const clientinfo = aClient({ node: this.node, clientid });
    const answer = await this.#ask(
      'message.ingress',
      { clientinfo, message },
      clientid,
      message.topic,
      isEncodable,
    );
    if (answer === undefined || answer.kind === 'ignore') return message;
    if (answer.kind === 'failed') return this.#options.failedAction === 'ignore' ? message : undefined;
    if (answer.kind !== 'message') return undefined;
    const { topic, payload, headers } = answer.message;
    const { allow_publish: allowed } = headers;
    // Other headers are not taken.
    return {
      ...message,
      topic,
      payload,
      headers: { ...message.headers, ...(allowed && { allow_publish: allowed }) },
    };
  }

  async #notify(hook: HookName, fields: object, clientid: string): Promise<void> {
    if (this.hooks.includes(hook))
      for (let i = 0; i < this.copies; i++) await this.#call(hook, fields, clientid);
  }

  /** Nothing when the hook is not installed, or not for this topic. */
  async #ask(
    hook: HookName,
    fields: object,
    key: string,
    topic?: string,
    isEncodable = true,
  ): Promise<Answer | undefined> {
    const held = this.held.find(({ name }) => name === hook);
    if (held === undefined) return undefined;
    if (
      topic !== undefined &&
      held.topics.length > 0 &&
      !held.topics.some((filter) => matches(filter, topic))
    )
      // Seen on 6.3: with deny every topic outside of the filters is refused without a call.
      return hook === 'message.ingress' ? { kind: 'failed' } : undefined;
    if (this.losing.includes(hook)) return { kind: 'failed' };
    const result = await this.#call(hook, fields, key, isEncodable);
    return result.kind === 'reply' ? this.#answerOf(hook, result.bytes) : { kind: 'failed' };
  }

  #answerOf(hook: HookName, bytes: Uint8Array): Answer {
    if (bytes.length === 0) return { kind: 'failed' };
    const { type, value } = this.#read<{ type: number; value: { case?: string; value?: unknown } }>(
      hook,
      bytes,
    );
    if (type === 1) return { kind: 'ignore' };
    if (value.case === 'message') return { kind: 'message', message: value.value as Wire };
    if (value.case === 'boolResult') return { kind: value.value === true ? 'true' : 'false' };
    return { kind: 'failed' };
  }

  async #call(hook: HookName, fields: object, key = '', isEncodable = true): Promise<CallResult> {
    this.called.push(hook);
    const rpc = this.#rpcOf(hook);
    const meta = aMeta({ node: this.node, version: this.release.version });
    const body = isEncodable ? encodeRequest(rpc, { ...fields, meta }) : undefined;
    const connection = this.#connections[hash(key) % POOL] as Connection;
    return await connection.call(rpc.path, { timeout: this.#options.timeout, body });
  }

  #read<Response>(hook: HookName, bytes: Uint8Array): Response {
    return fromBinary(methodOf(this.#rpcOf(hook)).output as DescMessage, bytes) as unknown as Response;
  }

  #rpcOf(hook: HookName) {
    const rpc = rpcs.find((one) => one.hook === hook && one.version === this.release.protocol);
    if (rpc === undefined) throw new Error(`no ${hook} in ${this.release.protocol}`);
    return rpc;
  }
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const said = ({ topic, payload }: Wire) => ({ topic, payload: Buffer.from(payload).toString() });

function hash(text: string): number {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return sum;
}
