/**
 * Connects the registry of broker nodes to the server: answers which hooks a node calls, and observes calls.
 */

import type { Lookup } from '../../core/runtime.ts';
import type { Logger } from '../../log/log.ts';
import { HOOKS, type IngressSupport } from '../../policy/ingress.ts';
import type { PublishInput } from '../../policy/messages/message-edit.ts';
import type { HookSpec } from '../../protocol/schema/replies.ts';
import type { HookInput } from '../../protocol/schema/requests.ts';
import type { Rpc } from '../../protocol/wire/rpc.ts';
import { JudgedMessages } from './judged-messages.ts';
import { ListWarnings } from './list-warnings.ts';
import type { NodeCalls } from './node-calls.ts';
import { hearNews, tellNews } from './node-channel.ts';
import { NodeRegistry, type WantedHooks } from './node-registry.ts';

export interface NodeMemory {
  /** Answers the question `provider/hooks`. */
  readonly lookups: Readonly<Record<string, Lookup>>;
  readonly nodes: readonly NodeCalls[];
  /**
   * Sets the hooks that brokers should call from now on. @param wanted nothing when a custom hook answers
   * them.
   */
  want(wanted: WantedHooks | undefined): void;
  /** Records a decided call. @param at when it began, by `performance.now()`; 0 when calls are not timed. */
  called(rpc: Rpc, input: HookInput, at: number): void;
  /**
   * Records that message rules have judged this message at message.ingress. @param isChanged whether they
   * changed it.
   */
  judged(input: HookInput<'message.ingress'>, isChanged: boolean): void;
  /** For `PublishPolicy.wasAtIngress`. */
  wasAtIngress(input: PublishInput): boolean;
  close(): void;
}

/** The parameters of `provider/hooks`. */
interface HooksQuestion {
  readonly node: string;
  readonly version: string;
  readonly hooks: readonly HookSpec[];
  readonly ingress: IngressSupport | undefined;
}

/** Milliseconds between two evaluations of the calls. */
const LOOK_EVERY = 5_000;
/** About 10 MB when rules judge at ingress. Delayed messages return long after they were judged. */
const MAX_JUDGED = 65_536;

/** @param log receives warnings about nodes that seem to have rejected their list, or have another one. */
export function createNodeMemory(log: Pick<Logger, 'warn' | 'error'>): NodeMemory {
  const now = () => performance.now();
  const registry = new NodeRegistry({ now, tell: tellNews });
  const judged = new JudgedMessages(MAX_JUDGED);
  const warnings = new ListWarnings(log, now, (node, state) => tellNews({ node, what: 'warned', state }));
  const stopHearing = hearNews((news) => {
    if (news.what === 'warned') warnings.heard(news.node, news.state ?? '');
    else registry.hear(news);
  });
  const answer: Lookup = (question) => {
    const { node, version, hooks, ingress } = question as unknown as HooksQuestion;
    const asked = registry.asked(node, version, hooks, ingress);
    if (asked.isNewRefusal) log.error({ node, version }, REFUSED);
    return asked.hooks;
  };
  const timer = setInterval(() => {
    registry.look();
    warnings.look(registry.nodes);
  }, LOOK_EVERY).unref();
  return {
    lookups: { [HOOKS]: answer },
    get nodes() {
      return registry.nodes;
    },
    want: (wanted) => registry.want(wanted),
    called: (rpc, input, at) => registry.called(rpc, input, at),
    judged({ message, clientinfo }, isChanged) {
      judged.add(message.id, message, isChanged, clientinfo.mountpoint);
    },
    wasAtIngress: ({ message }) => judged.has(message.id, message),
    close() {
      clearInterval(timer);
      stopHearing();
    },
  };
}

const REFUSED =
  'a broker node asked for its hooks again without having called any: it may not know message.ingress and have rejected ' +
  'the whole list. For ten minutes its list lacks message.ingress, and message rules judge at message.publish. ' +
  'If this broker never supports it, write publish.ingress: never';
