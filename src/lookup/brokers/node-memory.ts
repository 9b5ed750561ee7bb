/** The memory of broker nodes as the server uses it: it says which hooks a node is to call, and watches calls. */

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
  /** The hooks that brokers are to call from now on. @param wanted nothing when a custom hook answers them. */
  want(wanted: WantedHooks | undefined): void;
  /** A call was decided. @param at when it began, by `performance.now()`; 0 when nobody asks. */
  called(rpc: Rpc, input: HookInput, at: number): void;
  /** Message rules have judged this message at message.ingress. @param isChanged whether it was answered as another. */
  judged(input: HookInput<'message.ingress'>, isChanged: boolean): void;
  /** For `PublishPolicy.wasAtIngress`. */
  wasAtIngress(input: PublishInput): boolean;
  close(): void;
}

/** What `provider/hooks` asks. */
interface HooksQuestion {
  readonly node: string;
  readonly version: string;
  readonly hooks: readonly HookSpec[];
  readonly ingress: IngressSupport | undefined;
}

/** Milliseconds between two looks at what calls tell. */
const LOOK_EVERY = 5_000;
/** About 10 MB when rules judge at ingress. Delayed messages come back long after they were judged. */
const MAX_JUDGED = 65_536;

/** @param log is told of nodes that seem to have refused their list, or to hold another one. */
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
  'a broker node asked for its hooks again without having called any: it may not know message.ingress, and have refused ' +
  'the whole list. It is answered without message.ingress for ten minutes, and message rules judge at message.publish. ' +
  'If it never has it, write publish.ingress: never';
