/** Checks whether the broker calls the hooks that this server asks for. */
import { compareLists, type HookList, type ListDifference } from '../../policy/hook-lists.ts';
import { listsIngress, withoutIngress } from '../../policy/ingress.ts';
import type { Check, Facts, Finding } from '../finding.ts';
import { known } from '../finding.ts';
import type { OwnFacts } from '../own-facts.ts';
import { type Hook, isConnected, listOf, type Server } from '../schemas.ts';
import { haveAllIngress, type Versioned } from '../version.ts';

export const checkHooks: Check = ({ broker, own, outdated }) => {
  const { server } = broker;
  const hooks = known(broker.hooks);
  if (server === undefined || !server.enable || hooks === undefined) return [];
  if (!server.node_status.some(isConnected)) return [];
  if (hooks.length === 0) return [noHooks(server)];
  const compared = own === undefined ? [] : compare(own, hooks, server, broker.nodes);
  return [
    ...compared,
    ...(compared.length > 0 ? [] : checkOutdated(outdated, server)),
    ...checkMetrics(hooks),
  ];
};

function noHooks({ name }: Server): Finding {
  return {
    id: 'no-hooks',
    severity: 'error',
    what: `the broker does not call ${name} for any hook`,
    why: 'this server asked for no hooks, or for one that the broker does not know: the broker then registers none',
    fix: 'run exhook hooks to see which hooks this server asks for; then disable and enable it in the broker (exhook register --reload)',
  };
}

const RELOAD = 'disable and enable the server in the broker: exhook register --reload';

function compare(
  own: OwnFacts,
  hooks: readonly Hook[],
  { name }: Server,
  nodes: readonly Versioned[],
): Finding[] {
  const { missing, extra, otherTopics } = compareLists<string>(listOf(hooks), wantedOf(own, hooks, nodes));
  const found: Finding[] = [];
  if (missing.length > 0)
    found.push({
      id: 'missing-hooks',
      severity: missing.some((hook) => decides(own, hook)) ? 'error' : 'warning',
      what: `the broker does not call ${name} for ${missing.join(', ')}`,
      why: 'the broker read the list of hooks when it loaded this server, before the configuration had these. No release notices a quick restart of this server. Releases up to 5.8 never read the list again; later ones do only after their health check (every 5 s in 6.2) has noticed an outage',
      fix: RELOAD,
    });
  if (extra.length > 0)
    found.push({
      id: 'extra-hooks',
      severity: 'warning',
      what: `the broker calls ${name} for ${extra.join(', ')}, but the configuration does not ask for it`,
      why: 'each hook makes every client wait. Either the list is older than the configuration, or another server answers at that address',
      fix: RELOAD,
    });
  if (otherTopics.length > 0)
    found.push({
      id: 'other-topics',
      severity: 'warning',
      what: `the broker calls ${name} for topics other than the configured ones: ${otherTopics.join(', ')}`,
      why: 'the broker read the topics when it loaded this server',
      fix: RELOAD,
    });
  return found;
}

/** The API shows the list of one node. It can have message.ingress only if all nodes know that hook. */
function wantedOf(
  { hooks, ingress }: OwnFacts,
  held: readonly Hook[],
  nodes: readonly Versioned[],
): HookList {
  return listsIngress(held) || haveAllIngress(nodes, ingress) ? hooks : withoutIngress(hooks);
}

/** Whether a policy is not enforced if the broker does not call this hook. */
function decides({ judgesMessagesAt }: OwnFacts, hook: string): boolean {
  if (hook === 'message.publish' || hook === 'message.ingress') return judgesMessagesAt !== undefined;
  return hook === 'client.authenticate' || hook === 'client.authorize';
}

/** The API shows the list of one node; this server sees the calls of each. */
function checkOutdated(outdated: Facts['outdated'], { name }: Server): Finding[] {
  return [...(outdated ?? [])].map(([node, difference]) => ({
    id: 'outdated-list',
    severity: difference.missing.length > 0 ? 'error' : 'warning',
    what: `the list of hooks on ${node} differs from the list that ${name} returns now: ${describe(difference)}`,
    why: 'its calls show it (see /hooksz of this server): the node read the list when it loaded this server. If client.authenticate is missing, an authenticator of the broker may admit its clients instead',
    fix: RELOAD,
  }));
}

function describe({ missing, extra, otherTopics }: ListDifference): string {
  const parts = { 'does not call': missing, calls: extra, 'has other topics for': otherTopics };
  return Object.entries(parts)
    .flatMap(([what, hooks]) => (hooks.length === 0 ? [] : [`it ${what} ${hooks.join(', ')}`]))
    .join('; ');
}

/** Share of failed calls above which a warning is due. */
const FAILURES = 0.01;

function checkMetrics(hooks: readonly Hook[]): Finding[] {
  const failing = hooks.flatMap(({ name, metrics }) => {
    const { succeed = 0, failed = 0 } = metrics ?? {};
    return failed > 0 && failed / (succeed + failed) > FAILURES
      ? [`${name} ${failed} of ${succeed + failed}`]
      : [];
  });
  const found: Finding[] = [];
  if (failing.length > 0)
    found.push({
      id: 'failing-calls',
      severity: 'warning',
      what: `calls failed since the broker began to count: ${failing.join(', ')}`,
      why: 'this server was unreachable, too slow, or returned an error; failed_action decided about these logins and topics, and messages passed',
      fix: 'look up the failure codes in the log of this server (docs/failures.md); if there are none, the calls never arrived',
    });
  const calls = (hook: string) => {
    const { metrics } = hooks.find(({ name }) => name === hook) ?? {};
    return metrics && metrics.succeed + metrics.failed;
  };
  if ((calls('client.authenticate') ?? 0) >= ENOUGH && calls('client.authorize') === 0)
    found.push({
      id: 'never-authorizes',
      severity: 'error',
      what: `the broker has asked about ${calls('client.authenticate')} logins but never about a topic`,
      why: 'something else decides first, usually an authorization source of the broker that allows everything',
      fix: 'remove that source, or its last rule, and set authorization.no_match = deny',
    });
  return found;
}

/** After this many logins, the absence of any topic check is not a coincidence. */
const ENOUGH = 10;
