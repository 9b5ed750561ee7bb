/** The memory of broker nodes as the server uses it: it says which hooks a node is to call, and watches calls. */
import { HOOKS, type IngressSupport } from '../../policy/ingress.ts';
import type { PublishInput } from '../../policy/message/draft.ts';
import { isFromClient } from '../../policy/message/ingress.ts';
import type { HookName } from '../../schema/hook-name.ts';
import type { HookSpec } from '../../schema/replies.ts';
import type { HookInput } from '../../schema/requests.ts';
import type { Lookup } from '../../shell.ts';
import type { Logger } from '../../telemetry/log.ts';
import { hearNews, tellNews } from './node-channel.ts';
import { type KnownNode, NodeRegistry } from './node-registry.ts';

export interface NodeMemory {
  /** Answers the question `provider/hooks`. */
  readonly lookups: Readonly<Record<string, Lookup>>;
  readonly nodes: readonly KnownNode[];
  /** A call was decided. @param isJudged whether message rules have judged its message. */
  called(hook: HookName, input: HookInput, isJudged: boolean): void;
  /** For `PublishPolicy.wasAtIngress`. */
  wasAtIngress(input: PublishInput): boolean;
}

/** What `provider/hooks` asks. */
interface HooksQuestion {
  readonly node: string;
  readonly version: string;
  readonly hooks: readonly HookSpec[];
  readonly ingress: IngressSupport | undefined;
}

/** @param log is told of a node that seems to have refused its list. */
export function createNodeMemory(log: Pick<Logger, 'error'>): NodeMemory {
  const registry = new NodeRegistry({ now: () => performance.now(), tell: tellNews });
  hearNews(registry);
  const answer: Lookup = (question) => {
    const { node, version, hooks, ingress } = question as unknown as HooksQuestion;
    const asked = registry.asked(node, version, hooks, ingress);
    if (asked.isNewRefusal) log.error({ node, version }, REFUSED);
    return asked.hooks;
  };
  return {
    lookups: { [HOOKS]: answer },
    get nodes() {
      return registry.nodes;
    },
    called(hook, input, isJudged) {
      if (hook === 'provider.loaded' || hook === 'provider.unloaded') return;
      registry.called(input.meta.node, hook);
      if (isJudged && hook === 'message.ingress')
        registry.judged((input as HookInput<'message.ingress'>).message.id);
    },
    wasAtIngress: (input) => registry.wasAtIngress(input.meta.node, input.message.id, isFromClient(input)),
  };
}

const REFUSED =
  'a broker node asked for its hooks again without having called any: it may not know message.ingress, and have refused ' +
  'the whole list. It is answered without message.ingress for ten minutes, and message rules judge at message.publish. ' +
  'If it never has it, write publish.ingress: never';
