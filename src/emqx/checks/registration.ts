/** Checks whether the broker knows this server and is connected to it. */
import { readEmqxDuration } from '../duration.ts';
import type { Check, Finding } from '../finding.ts';
import type { Node, Server } from '../schemas.ts';
import { isAnySince } from '../version.ts';

export const checkRegistration: Check = ({
  broker: { servers, server, name, nodes },
  callers = new Set(),
}) => {
  if (servers.length === 0)
    return [
      {
        id: 'not-registered',
        severity: 'error',
        what: 'the broker has no ExHook server',
        why: 'it calls nobody: no events are reported, and no ExHook server checks logins or topics',
        fix: 'run exhook register --emqx URL --url http://HOST:9000, or put the output of exhook emqx-config into emqx.conf',
      },
    ];
  if (server === undefined)
    return [
      {
        id: 'unknown-name',
        severity: 'error',
        what: `the broker does not have an ExHook server named ${name}, but ${servers.length} others: ${servers.map((one) => one.name).join(', ')}`,
        why: 'it is not clear which of them is this server',
        fix: 'name it with --name, or register this server',
      },
    ];
  return server.enable ? checkStatus(server, callers) : [disabled(server), ...checkKeptHooks(nodes)];
};

function disabled({ name }: Server): Finding {
  return {
    id: 'disabled',
    severity: 'error',
    what: `the ExHook server ${name} is disabled`,
    why: 'the broker does not call it: logins and topics pass without its checks',
    fix: `enable it in the dashboard, or with exhook register --name ${name}`,
  };
}

/** Seen on EMQX 6.2.0 and 6.3. */
function checkKeptHooks(nodes: readonly Node[]): Finding[] {
  if (!isAnySince(nodes, [6, 2, 0])) return [];
  return [
    {
      id: 'keeps-hooks',
      severity: 'warning',
      what: 'the broker may still have the hooks of a server that was disabled or deleted after an outage',
      why: 'EMQX 6.2 and 6.3 then leave the hooks installed: every login or publish is refused, whatever failed_action says, until a server is enabled again',
      fix: 'enable this server again, or restart the broker node. Do not disable or delete a server to work around an outage',
    },
  ];
}

function checkStatus(server: Server, callers: ReadonlySet<string>): Finding[] {
  const all = server.node_status.filter(({ status }) => status !== 'connected' && status !== 'running');
  const lost = all.filter(({ node }) => !callers.has(node));
  const calling = all.filter(({ node }) => callers.has(node));
  if (server.node_status.length === 0 || lost.length === 0)
    return [...checkReconnect(server), ...calling.map(({ node }) => reconnects(node, server))];
  const where = lost.map(({ node, status }) => `${node} (${status})`).join(', ');
  const isGivenUp = server.auto_reconnect === false;
  return [
    {
      id: 'disconnected',
      severity: 'error',
      what: `${server.name} is not connected on ${lost.length} of ${server.node_status.length} nodes: ${where}`,
      why: 'the node cannot reach the address, or this server answered OnProviderLoaded with an error. Until OnProviderLoaded succeeds once, the node does not check anything here, whatever failed_action says',
      fix: `on the machine of that node, run curl ${healthUrl(server.url)}. Look in the log of this server for connections with the wrong scheme.  ${
        isGivenUp
          ? 'auto_reconnect is off: disable and enable the server once it is reachable'
          : `The node tries again every ${server.auto_reconnect ?? '60s'}`
      }`,
    },
    ...checkReconnect(server),
  ];
}

/** EMQX 6.2 reports the state of its last health check until it loads the server again. */
function reconnects(node: string, { name, auto_reconnect: every }: Server): Finding {
  return {
    id: 'reconnects',
    severity: 'note',
    what: `${node} reports ${name} as not connected, but has called it within the last minute`,
    why: `after an outage the broker reports this until it loads this server again, up to ${every ?? '60s'} later`,
    fix: '',
  };
}

function checkReconnect({ name, auto_reconnect: every }: Server): Finding[] {
  if (every === false || every === 'false')
    return [
      {
        id: 'never-reconnects',
        severity: 'warning',
        what: `auto_reconnect of ${name} is off`,
        why: 'a node that starts while this server is unreachable never loads it, and runs without its checks',
        fix: 'set auto_reconnect to 60s or less',
      },
    ];
  const interval = readEmqxDuration(every);
  if (interval === undefined || interval <= SLOW_RECONNECT) return [];
  return [
    {
      id: 'slow-reconnect',
      severity: 'note',
      what: `auto_reconnect of ${name} is ${every}`,
      why: 'a node that could not load this server runs without its checks for that long',
      fix: 'set auto_reconnect to 60s or less',
    },
  ];
}

/** EMQX's default, in milliseconds. */
const SLOW_RECONNECT = 60_000;

function healthUrl(url: string): string {
  return URL.canParse(url)
    ? `${new URL(url).protocol}//${new URL(url).host}/healthz`
    : 'http://HOST:9000/healthz';
}
