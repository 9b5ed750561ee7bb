/** Checks whether clients can bypass the message rules of this server. */
import { FIRST_WITH_INGRESS, hasIngress } from '../../policy/ingress.ts';
import type { Check, Facts, Finding } from '../finding.ts';
import { haveAllIngress, isAnySince } from '../version.ts';

export const checkMessages: Check = (facts) => [
  ...checkUnencodable(facts),
  ...checkIngress(facts),
  ...checkHardened(facts),
];

/** The broker does not make a call that it cannot encode. At message.publish the message then passes, unchanged. */
function checkUnencodable(facts: Facts): Finding[] {
  const at = facts.own?.judgesMessagesAt;
  if (at === undefined || failsClosedAtIngress(facts, at)) return [];
  const mayJudgeThere = haveAllIngress(facts.broker.nodes, 'auto');
  return [
    {
      id: 'unjudged-messages',
      severity: 'warning',
      what: 'clients can bypass the message rules: if the broker cannot encode a message for this server, it routes the message unchanged, whatever onError says',
      why: 'encoding fails if the client id, the user name or (from EMQX 5.9 on) the Correlation-Data is not UTF-8, and clients choose all three',
      fix: mayJudgeThere
        ? 'set publish.at: auto, remove publish.ingress: never, and keep failed_action = deny: message.ingress then disconnects such a client'
        : 'for client ids and user names, set mqtt.strict_mode = true or write a login policy. For Correlation-Data, only message.ingress of EMQX 6.3 helps, with publish.at: auto and failed_action = deny. Refuse in client.authorize what must not pass at all',
    },
  ];
}

/** With `auto`, it is intended that older nodes apply the rules later. */
function checkIngress({ own, broker: { nodes } }: Facts): Finding[] {
  if (own?.judgesMessagesAt !== 'ingress' || own.ingress === 'always') return [];
  const lacking = nodes.filter(({ version }) => version !== undefined && !hasIngress(version, own.ingress));
  if (lacking.length === 0) return [];
  return [
    {
      id: 'no-ingress',
      severity: 'warning',
      what: `publish.at is ingress, but ${lacking.length} of ${nodes.length} nodes do not have message.ingress: ${lacking.map(({ node, version }) => `${node} (${version})`).join(', ')}`,
      why: 'these nodes apply the rules at message.publish: by then the message is authorized, retained and processed by the rule engine as it came, and a dropped message is acknowledged',
      fix: 'update these nodes to EMQX 6.3.0 or later, or set publish.at: auto if that is intended; publish.ingress: always is for custom builds that have message.ingress',
    },
  ];
}

function failsClosedAtIngress(facts: Facts, at: string): boolean {
  const isDenied = facts.broker.server?.failed_action !== 'ignore';
  return at !== 'publish' && isDenied && haveAllIngress(facts.broker.nodes, facts.own?.ingress);
}

/** The REST API does not show the profile: it comes from the broker's environment. */
function checkHardened(facts: Facts): Finding[] {
  const limited = facts.own?.hooks.find(({ name }) => name === 'message.publish')?.topics ?? [];
  const may = isAnySince(facts.broker.nodes, FIRST_WITH_INGRESS);
  if (!may || limited.length === 0) return [];
  return [
    {
      id: 'hardened-profile',
      severity: 'note',
      what: 'message.publish is registered for some topics only',
      why: 'a broker with EMQX_SECURITY_PROFILE=hardened drops every message outside of them',
      fix: 'with that profile, register message.publish for every topic: write a rule without topics, or set hooks.register',
    },
  ];
}
