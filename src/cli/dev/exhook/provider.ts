/** One provider as a broker node sees it: the list of hooks it asked for, and calls with EMQX's headers and time limit. */
import type { HookName } from '../../../protocol/schema/hook-name.ts';
import { type DecodedResponse, decodeResponse } from '../../../protocol/wire/decode-response.ts';
import { encodeRequest } from '../../../protocol/wire/encode-request.ts';
import { type Rpc, rpcs } from '../../../protocol/wire/rpc.ts';
import { type HookList, isWanted, readHookList } from './hook-list.ts';
import { createPool, type Pool } from './pool.ts';
import { metaOf, type Release } from './release.ts';

/** What came of a call. */
export type Answer =
  /** The provider did not ask for it. */
  | { readonly kind: 'not-asked' }
  | { readonly kind: 'reply'; readonly response: DecodedResponse }
  /** No answer in time, an error status, or bytes that are no response. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface ProviderOptions {
  readonly release: Release;
  /** Milliseconds: `request_timeout` of EMQX. Default: 5000. */
  readonly timeout?: number;
  /** Told of each call that failed. */
  readonly onFailure: (hook: HookName, reason: string) => void;
}

const NOT_ASKED: Answer = { kind: 'not-asked' };

export class Provider {
  readonly release: Release;
  readonly #timeout: number;
  readonly #onFailure: ProviderOptions['onFailure'];
  readonly #rpcs: ReadonlyMap<HookName, Rpc>;
  #pool: Pool | undefined;
  #hooks: HookList = new Map();
  /** Resolves when calls may go out: not before the provider runs, nor while it is started again. */
  #ready: Promise<void>;
  #resume: () => void = () => {};

  constructor({ release, timeout = 5_000, onFailure }: ProviderOptions) {
    this.release = release;
    this.#timeout = timeout;
    this.#onFailure = onFailure;
    this.#ready = this.#hold();
    this.#rpcs = new Map(
      rpcs.filter(({ version }) => version === release.protocol).map((rpc) => [rpc.hook, rpc]),
    );
  }

  /** The hooks that are called now, with the topic filters of each. */
  get hooks(): HookList {
    return this.#hooks;
  }

  /** Resolves when hooks may be looked up and called. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  /** Says goodbye to a provider that is started again. Calls wait until {@link load} or {@link giveUp}. */
  async suspend(): Promise<void> {
    this.#ready = this.#hold();
    await this.#disconnect();
  }

  #hold(): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  /** The provider does not come back: the hooks that it asked for fail from now on. */
  giveUp(): void {
    this.#resume();
  }

  /**
   * Connects, and asks which hooks to call.
   *
   * @returns why that did not work: then no hook is called, as in EMQX.
   */
  async load(url: string): Promise<string | undefined> {
    this.#pool?.close();
    this.#hooks = new Map();
    this.#pool = createPool(url);
    const { version, sysdescr } = this.release;
    const uptime = BigInt(Math.floor(process.uptime()));
    const broker = { version, sysdescr, uptime, datetime: new Date().toISOString() };
    const answer = await this.#send('provider.loaded', '', { broker });
    try {
      if (answer.kind !== 'reply') return answer.kind === 'failed' ? answer.reason : 'it was not asked';
      this.#hooks = readHookList(answer.response, this.release);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    } finally {
      this.#resume();
    }
  }

  /** Says goodbye, and calls no hook from then on. */
  async unload(): Promise<void> {
    this.#hooks = new Map();
    this.#resume();
    await this.#disconnect();
  }

  async #disconnect(): Promise<void> {
    const pool = this.#pool;
    if (pool === undefined) return;
    await this.#send('provider.unloaded', '', {});
    this.#pool = undefined;
    pool.close();
  }

  /** Whether a hook is called, for a message with this topic. */
  wants(hook: HookName, topic?: string): boolean {
    return isWanted(this.#hooks, hook, topic);
  }

  /**
   * Calls a hook, if the provider asked for it. Never rejects.
   *
   * @param key chooses the connection: the client id, or the sender of a message.
   * @param fields of the request, without `meta`.
   */
  async call(hook: HookName, key: string, fields: object, topic?: string): Promise<Answer> {
    return this.wants(hook, topic) ? await this.#send(hook, key, fields) : NOT_ASKED;
  }

  async #send(hook: HookName, key: string, fields: object): Promise<Answer> {
    const rpc = this.#rpcs.get(hook);
    if (rpc === undefined) return NOT_ASKED;
    if (this.#pool === undefined) return this.#fail(hook, 'the server does not run');
    const bytes = encodeRequest(rpc, { ...fields, meta: metaOf(this.release) });
    const result = await this.#pool.call(key, rpc.path, bytes, headersOf(rpc, this.#timeout), this.#timeout);
    const { status, message, reply } = result;
    if (status !== 0) return this.#fail(hook, status > 0 ? `status ${status}: ${message}` : message);
    if (reply === undefined) return this.#fail(hook, 'a reply without a message');
    try {
      return { kind: 'reply', response: decodeResponse(rpc, reply) };
    } catch {
      return this.#fail(hook, `a reply that is not a ${rpc.response}`);
    }
  }

  #fail(hook: HookName, reason: string): Answer {
    this.#onFailure(hook, reason);
    return { kind: 'failed', reason };
  }
}

/** The headers of EMQX's gRPC client, and no others. */
function headersOf(rpc: Rpc, timeout: number): Record<string, string> {
  return {
    'content-type': 'application/grpc+proto',
    'user-agent': 'grpc-erlang/0.1.0',
    'grpc-encoding': 'identity',
    'grpc-message-type': rpc.request,
    'grpc-timeout': timeout > 1_000 ? `${Math.floor(timeout / 1_000)}S` : `${timeout}m`,
  };
}
