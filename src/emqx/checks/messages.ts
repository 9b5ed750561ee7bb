/** Can clients get around the message rules of this server? */
import type { Check, Facts, Finding } from '../finding.ts';
import { isBefore, readVersion, type Version } from '../version.ts';

export const checkMessages: Check = (facts) => [...checkUnencodable(facts), ...checkHardened(facts)];

/** A call that the broker cannot encode is not made: message.publish then lets the message go, unchanged. */
function checkUnencodable(facts: Facts): Finding[] {
  const at = facts.own?.judgesMessagesAt;
  if (at === undefined || failsClosedAtIngress(facts, at)) return [];
  const hasIngress = areAll(facts, INGRESS) === true;
  return [
    {
      id: 'unjudged-messages',
      severity: 'warning',
      what: 'clients can get around the message rules: a broker that cannot encode a message for this server routes it unchanged, whatever onError says',
      why: 'the client id, the user name or, from EMQX 5.9 on, the Correlation-Data of the message is not UTF-8, and a client chooses these',
      fix: hasIngress
        ? 'write publish.at: auto, and keep failed_action = deny: message.ingress then disconnects such a client'
        : 'set mqtt.strict_mode = true, or have a login policy, for client ids and user names; for Correlation-Data there is only message.ingress of EMQX 6.3 with publish.at: auto and failed_action = deny. What must not pass at all belongs in client.authorize',
    },
  ];
}

function failsClosedAtIngress(facts: Facts, at: string): boolean {
  const isDenied = facts.broker.server?.failed_action !== 'ignore';
  return at !== 'publish' && isDenied && areAll(facts, INGRESS) === true;
}

const INGRESS: Version = [6, 3, 0];

/** Whether all nodes are of this release or later; nothing where that cannot be told. */
function areAll({ broker }: Facts, from: Version): boolean | undefined {
  const versions = broker.nodes.map(({ version }) =>
    version === undefined ? undefined : readVersion(version),
  );
  if (versions.length === 0 || versions.includes(undefined)) return undefined;
  return versions.every((version) => version !== undefined && !isBefore(version, from));
}

/** Nothing in the REST API tells the profile: it comes from the environment of the broker. */
function checkHardened(facts: Facts): Finding[] {
  const limited = facts.own?.hooks.find(({ name }) => name === 'message.publish')?.topics ?? [];
  const may = facts.broker.nodes.some(({ version }) => {
    const read = version === undefined ? undefined : readVersion(version);
    return read !== undefined && !isBefore(read, INGRESS);
  });
  if (!may || limited.length === 0) return [];
  return [
    {
      id: 'hardened-profile',
      severity: 'note',
      what: 'message.publish is registered for some topics only',
      why: 'a broker that runs with EMQX_SECURITY_PROFILE=hardened drops every message outside of them',
      fix: 'with that profile, have message.publish registered for every topic: a rule without topics, or hooks.register',
    },
  ];
}
