/** Does the broker know this server, and does it have a connection to it? */
import { readEmqxDuration } from '../duration.ts';
import type { Check, Finding } from '../finding.ts';
import type { Server } from '../schemas.ts';

export const checkRegistration: Check = ({ broker: { servers, server, name } }) => {
  if (servers.length === 0)
    return [
      {
        id: 'not-registered',
        severity: 'error',
        what: 'the broker has no ExHook server',
        why: 'it calls nobody: no event is reported, and no login or topic is checked by an ExHook server',
        fix: 'exhook register --emqx URL --url http://HOST:9000, or put the output of exhook emqx-config into emqx.conf',
      },
    ];
  if (server === undefined)
    return [
      {
        id: 'unknown-name',
        severity: 'error',
        what: `the broker has no ExHook server named ${name}, but ${servers.length} others: ${servers.map((one) => one.name).join(', ')}`,
        why: 'it is not clear which of them is this one',
        fix: 'name it with --name, or register this server',
      },
    ];
  return server.enable ? checkStatus(server) : [disabled(server)];
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

function checkStatus(server: Server): Finding[] {
  const lost = server.node_status.filter(({ status }) => status !== 'connected' && status !== 'running');
  if (server.node_status.length === 0 || lost.length === 0) return checkReconnect(server);
  const where = lost.map(({ node, status }) => `${node} (${status})`).join(', ');
  const isGivenUp = server.auto_reconnect === false;
  return [
    {
      id: 'disconnected',
      severity: 'error',
      what: `${server.name} is not connected on ${lost.length} of ${server.node_status.length} nodes: ${where}`,
      why: 'the node cannot reach the address, or this server answered OnProviderLoaded with an error; until it succeeds once, the node checks nothing here, whatever failed_action says',
      fix: `from the machine of that node: curl ${healthUrl(server.url)}. Look into the log of this server for connections that speak the wrong scheme. ${
        isGivenUp
          ? 'auto_reconnect is off: disable and enable the server when it can be reached'
          : `The node tries again every ${server.auto_reconnect ?? '60s'}`
      }`,
    },
    ...checkReconnect(server),
  ];
}

function checkReconnect({ name, auto_reconnect: every }: Server): Finding[] {
  if (every === false || every === 'false')
    return [
      {
        id: 'never-reconnects',
        severity: 'warning',
        what: `auto_reconnect of ${name} is off`,
        why: 'a node that starts while this server cannot be reached never loads it, and goes on without its checks',
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
      why: 'a node that could not load this server goes on without its checks for as long',
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
