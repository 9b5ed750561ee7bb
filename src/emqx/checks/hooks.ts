/** Does the broker call what this server wants to be called for? */
import type { Check, Finding } from '../finding.ts';
import { known } from '../finding.ts';
import type { OwnFacts } from '../own-facts.ts';
import type { Hook, Server } from '../schemas.ts';

export const checkHooks: Check = ({ broker, own }) => {
  const { server } = broker;
  const hooks = known(broker.hooks);
  if (server === undefined || !server.enable || hooks === undefined) return [];
  const isConnected = server.node_status.some(({ status }) => status === 'connected' || status === 'running');
  if (!isConnected) return [];
  if (hooks.length === 0) return [noHooks(server)];
  return [...(own === undefined ? [] : compare(own, hooks, server)), ...checkMetrics(hooks)];
};

function noHooks({ name }: Server): Finding {
  return {
    id: 'no-hooks',
    severity: 'error',
    what: `the broker calls ${name} for no hook at all`,
    why: 'this server asked for none, or asked for one that the broker does not know, so that it took none',
    fix: 'exhook hooks shows what this server asks for; then disable and enable it in the broker (exhook register --reload)',
  };
}

const RELOAD = 'disable and enable the server in the broker: exhook register --reload';

function compare(own: OwnFacts, hooks: readonly Hook[], { name }: Server): Finding[] {
  const taken = new Set(hooks.map((hook) => hook.name));
  const wanted = new Set<string>(own.hooks.map((hook) => hook.name));
  const missing = [...wanted].filter((hook) => !taken.has(hook));
  const extra = [...taken].filter((hook) => !wanted.has(hook));
  const found: Finding[] = [];
  if (missing.length > 0)
    found.push({
      id: 'missing-hooks',
      severity: missing.some((hook) => hook === 'client.authenticate' || hook === 'client.authorize')
        ? 'error'
        : 'warning',
      what: `the broker does not call ${name} for ${missing.join(', ')}`,
      why: 'it read the list of hooks when it loaded this server, before the configuration had these. A quick restart of this server goes unseen by every release: up to 5.8 the list is never read again, later only when the health check (every 5 s) has noticed an outage',
      fix: RELOAD,
    });
  if (extra.length > 0)
    found.push({
      id: 'extra-hooks',
      severity: 'warning',
      what: `the broker calls ${name} for ${extra.join(', ')}, which its configuration does not ask for`,
      why: 'each costs every client a wait, and the list is older than the configuration, or another server answers at that address',
      fix: RELOAD,
    });
  const others = own.hooks.filter((hook) => hasOtherTopics(hook, hooks)).map((hook) => hook.name);
  if (others.length > 0)
    found.push({
      id: 'other-topics',
      severity: 'warning',
      what: `the broker calls ${name} for other topics than the configuration says: ${others.join(', ')}`,
      why: 'it read the topics when it loaded this server',
      fix: RELOAD,
    });
  return found;
}

function hasOtherTopics(hook: { name: string; topics: readonly string[] }, hooks: readonly Hook[]): boolean {
  const taken = hooks.find(({ name }) => name === hook.name);
  if (taken === undefined || !hook.name.startsWith('message.')) return false;
  return key(taken.params.topics ?? []) !== key(hook.topics);
}

/** No filter and `#` mean the same. */
function key(topics: readonly string[]): string {
  return topics.length === 0 ? '#' : [...topics].sort().join('\n');
}

/** A share of failures above which somebody should look. */
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
      what: `calls failed since the broker has counted: ${failing.join(', ')}`,
      why: 'this server could not be reached, answered too late, or with an error; for logins and topics failed_action decided, messages went on',
      fix: 'the log of this server has a code for each failure (docs/failures.md); none there means that the call never arrived',
    });
  const calls = (hook: string) => {
    const { metrics } = hooks.find(({ name }) => name === hook) ?? {};
    return metrics && metrics.succeed + metrics.failed;
  };
  if ((calls('client.authenticate') ?? 0) >= ENOUGH && calls('client.authorize') === 0)
    found.push({
      id: 'never-authorizes',
      severity: 'error',
      what: `the broker has asked about ${calls('client.authenticate')} logins, and never about a topic`,
      why: 'something else answers before: mostly an authorization source of the broker that allows everything',
      fix: 'remove that source, or its last rule, and set authorization.no_match = deny',
    });
  return found;
}

/** So many logins without a question about a topic are no coincidence. */
const ENOUGH = 10;
