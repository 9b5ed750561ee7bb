/** Checks what happens when this server cannot be asked, and how several servers share hooks. */
import { hasIngress, type IngressSupport } from '../../policy/ingress.ts';
import type { Check, Facts, Finding } from '../finding.ts';
import { known } from '../finding.ts';
import { decidesAtIngress } from '../own-facts.ts';
import type { Hook, Server } from '../schemas.ts';
import type { Versioned } from '../version.ts';

export const checkFailedAction: Check = (facts) => {
  const { server } = facts.broker;
  if (server === undefined || !server.enable || server.failed_action !== 'ignore') return [];
  const decided = decidedHooks(facts);
  if (decided.length === 0) return [];
  return [
    {
      id: 'fails-open',
      severity: 'warning',
      what: `failed_action of ${server.name} is ignore, and it decides ${decided.join(' and ')}`,
      why: 'when this server cannot be asked, the broker continues with its own result: often, everybody may do everything',
      fix: 'set failed_action = deny, unless you prefer unchecked clients to no clients',
    },
  ];
};

/** The decisions this server is asked for: logins, topics, and messages before they are acknowledged. */
function decidedHooks({ broker, own }: Facts): string[] {
  const asked =
    known(broker.hooks)?.map(({ name }) => name) ?? broker.server?.hooks.map(({ name }) => name) ?? [];
  return [
    ...(own?.decidesLogins || (own === undefined && asked.includes('client.authenticate')) ? ['logins'] : []),
    ...(own?.decidesTopics || (own === undefined && asked.includes('client.authorize')) ? ['topics'] : []),
    ...(decidesAtIngress(own) && isAnyAsked(broker.nodes, own?.ingress)
      ? ['messages (message.ingress)']
      : []),
  ];
}

/** Whether at least one node calls message.ingress. */
const isAnyAsked = (nodes: readonly Versioned[], support: IngressSupport | undefined): boolean =>
  nodes.some(({ version }) => hasIngress(version ?? '', support));

/** Leaves out message.publish: a failure there never stops a message. */
const valued = ['client.authenticate', 'client.authorize', 'message.ingress'];

export const checkSeveral: Check = ({ broker: { servers } }) => {
  const enabled = servers.filter(({ enable }) => enable);
  if (enabled.length < 2) return [];
  return [
    severalServers(enabled),
    ...enabled.flatMap((server, i) => missesHooks(server, enabled.slice(i + 1))),
  ];
};

function severalServers(enabled: readonly Server[]): Finding {
  return {
    id: 'several-servers',
    severity: 'warning',
    what: `the broker calls ${enabled.length} ExHook servers: ${enabled.map(({ name }) => name).join(', ')}`,
    why: 'each client waits for all of them, one after another, and the first verdict decides',
    fix: 'use one server; put its replicas behind one address',
  };
}

/**
 * Finds servers that lack a hook of a later server: the broker counts such a server as failed for that hook. A later
 * server that lacks the hook is not reached, because the verdict of the first ends the call.
 */
function missesHooks(server: Server, behind: readonly Server[]): Finding[] {
  const asked = (hooks: readonly Hook[]) =>
    hooks.map(({ name }) => name).filter((name) => valued.includes(name));
  const own = asked(server.hooks);
  const others = behind.flatMap(({ hooks }) => asked(hooks));
  const missing = [...new Set(others)].filter((name) => !own.includes(name));
  if (missing.length === 0 || server.failed_action === 'ignore') return [];
  return [
    {
      id: 'refuses-for-others',
      severity: 'error',
      what: `${server.name} has not registered ${missing.join(' and ')}, but a later ExHook server has`,
      why: 'the broker counts each such call as a failure of it, and failed_action = deny then refuses everybody',
      fix: `set failed_action = ignore for ${server.name}, move it behind the others, or use one ExHook server`,
    },
  ];
}
