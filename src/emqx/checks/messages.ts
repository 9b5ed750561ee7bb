/** Can clients get around the message rules of this server? */
import { FIRST_WITH_INGRESS, hasIngress } from '../../policy/ingress.ts';
import type { Check, Facts, Finding } from '../finding.ts';
import { haveAllIngress, isAnySince } from '../version.ts';

export const checkMessages: Check = (facts) => [
  ...checkUnencodable(facts),
  ...checkIngress(facts),
  ...checkHardened(facts),
];

/** A call that the broker cannot encode is not made: message.publish then lets the message go, unchanged. */
function checkUnencodable(facts: Facts): Finding[] {
  const at = facts.own?.judgesMessagesAt;
  if (at === undefined || failsClosedAtIngress(facts, at)) return [];
  const mayJudgeThere = haveAllIngress(facts.broker.nodes, 'auto');
  return [
    {
      id: 'unjudged-messages',
      severity: 'warning',
      what: 'clients can get around the message rules: a broker that cannot encode a message for this server routes it unchanged, whatever onError says',
      why: 'the client id, the user name or, from EMQX 5.9 on, the Correlation-Data of the message is not UTF-8, and a client chooses these',
      fix: mayJudgeThere
        ? 'write publish.at: auto, without publish.ingress: never, and keep failed_action = deny: message.ingress then disconnects such a client'
        : 'set mqtt.strict_mode = true, or have a login policy, for client ids and user names; for Correlation-Data there is only message.ingress of EMQX 6.3 with publish.at: auto and failed_action = deny. What must not pass at all belongs in client.authorize',
    },
  ];
}

/** With `auto` it is meant that older nodes judge later. */
function checkIngress({ own, broker: { nodes } }: Facts): Finding[] {
  if (own?.judgesMessagesAt !== 'ingress' || own.ingress === 'always') return [];
  const lacking = nodes.filter(({ version }) => version !== undefined && !hasIngress(version, own.ingress));
  if (lacking.length === 0) return [];
  return [
    {
      id: 'no-ingress',
      severity: 'warning',
      what: `publish.at is ingress, and ${lacking.length} of ${nodes.length} nodes have no message.ingress: ${lacking.map(({ node, version }) => `${node} (${version})`).join(', ')}`,
      why: 'there the rules judge at message.publish: the message was authorized, retained and acted on by rules as it came, and what is dropped is acknowledged',
      fix: 'update these nodes to EMQX 6.3.0 or later, or write publish.at: auto if that is meant; publish.ingress: always is for builds of your own that have message.ingress',
    },
  ];
}

function failsClosedAtIngress(facts: Facts, at: string): boolean {
  const isDenied = facts.broker.server?.failed_action !== 'ignore';
  return at !== 'publish' && isDenied && haveAllIngress(facts.broker.nodes, facts.own?.ingress);
}

/** Nothing in the REST API tells the profile: it comes from the environment of the broker. */
function checkHardened(facts: Facts): Finding[] {
  const limited = facts.own?.hooks.find(({ name }) => name === 'message.publish')?.topics ?? [];
  const may = isAnySince(facts.broker.nodes, FIRST_WITH_INGRESS);
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
