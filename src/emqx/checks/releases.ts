/** Checks for known faults of the broker's release that concern ExHook. */
import type { Check, Finding } from '../finding.ts';
import type { Node } from '../schemas.ts';
import { callsTwice, isBefore, isBetween, readVersion, type Version } from '../version.ts';

interface Fault {
  readonly id: string;
  readonly severity: Finding['severity'];
  readonly isIn: (version: Version) => boolean;
  readonly why: string;
  readonly fix: string;
}

const faults: readonly Fault[] = [
  {
    id: 'auth-bypass',
    severity: 'error',
    isIn: (version) => isBetween(version, [5, 0, 12], [5, 0, 14]),
    why: 'asks ExHook about logins that its own authenticators have already refused: a yes here admits them',
    fix: 'update to 5.0.14 or later',
  },
  {
    id: 'old-grpc-client',
    severity: 'note',
    isIn: (version) => isBefore(version, [5, 1, 0]),
    why: 'does not notice trailers-only answers, as proxies send them: the client waits for request_timeout. This server never sends such answers',
    fix: 'update to 5.1 or later before you put a proxy between the two',
  },
  {
    id: 'loses-calls-on-goaway',
    severity: 'note',
    isIn: (version) => isBetween(version, [5, 0, 0], [5, 4, 0]),
    why: 'loses the calls in flight when a connection is closed, and reconnects after 5 seconds. This server closes a connection only when no call is in flight on it',
    fix: 'stop this server with SIGTERM, and do not kill it before drain.timeout',
  },
  {
    id: 'no-unsubscribe-filters',
    severity: 'note',
    isIn: (version) => isBetween(version, [5, 3, 0], [5, 4, 0]),
    why: 'sends client.unsubscribe without topic filters',
    fix: 'use session.unsubscribed',
  },
  {
    id: 'hooks-read-once',
    severity: 'note',
    isIn: (version) => isBefore(version, [5, 9, 0]),
    why: 'never reads the list of hooks again after this server restarts with another list; later releases do only after their health check has noticed an outage',
    fix: 'after you change the hooks, run exhook register --reload',
  },
  {
    id: 'calls-twice',
    severity: 'warning',
    isIn: callsTwice,
    why: 'after an outage that its health check notices, makes every call without a verdict twice, and once more after each further outage. Neither a reload nor deleting and adding the server cures it',
    fix: 'restart the broker node and update to 6.0.3, 6.1.2, 6.2.0 or later; until then, drop the second of two events with the same id',
  },
];

export const checkReleases: Check = ({ broker: { nodes } }) => [
  ...checkNodes(nodes),
  ...faults.flatMap((fault) => concerned(fault, nodes)),
];

function concerned({ isIn, id, severity, why, fix }: Fault, nodes: readonly Node[]): Finding[] {
  const versions = versionsOf(nodes).filter((text) => {
    const version = readVersion(text);
    return version !== undefined && isIn(version);
  });
  if (versions.length === 0) return [];
  return [{ id, severity, what: `EMQX ${versions.join(' and ')} has a known fault`, why: `it ${why}`, fix }];
}

function versionsOf(nodes: readonly Node[]): string[] {
  return [...new Set(nodes.flatMap(({ version }) => version ?? []))].sort();
}

function checkNodes(nodes: readonly Node[]): Finding[] {
  const found: Finding[] = [];
  const stopped = nodes.filter(
    ({ node_status: status }) => status !== undefined && !/^running$/i.test(status),
  );
  if (stopped.length > 0)
    found.push({
      id: 'node-stopped',
      severity: 'warning',
      what: `not all nodes are running: ${stopped.map(({ node, node_status }) => `${node} (${node_status})`).join(', ')}`,
      why: 'their view of this server could not be checked',
      fix: 'run the check again when they are running',
    });
  const versions = versionsOf(nodes);
  if (versions.length > 1)
    found.push({
      id: 'mixed-releases',
      severity: 'note',
      what: `the nodes run different releases: ${versions.join(', ')}`,
      why: 'they differ in what they send to ExHook servers',
      fix: 'finish the update',
    });
  return found;
}
