/** Checks who decides about topics before this server is asked. */

import { parseEmqxAcl } from '../../policy/topics/acl/emqx.ts';
import { allowsEverything } from '../../policy/topics/allows-everything.ts';
import type { Check, Facts, Finding } from '../finding.ts';
import { known } from '../finding.ts';
import type { Source } from '../schemas.ts';

export const checkAuthorization: Check = (facts) => {
  if (!isAboutTopics(facts)) return [];
  const { sources, settings } = facts.broker;
  return [
    ...(known(sources) ?? []).filter(({ enable }) => enable).map(checkSource),
    ...checkSettings(known(settings)),
  ];
};

/** Whether this server is to be asked about topics, or is asked already. */
function isAboutTopics({ broker, own }: Facts): boolean {
  if (own !== undefined) return own.hooks.some(({ name }) => name === 'client.authorize');
  return broker.server?.hooks.some(({ name }) => name === 'client.authorize') ?? false;
}

function checkSource(source: Source): Finding {
  if (source.type === 'file' && source.rules !== undefined && allowsAll(source.rules))
    return {
      id: 'allow-all',
      severity: 'error',
      what: 'the authorization source file allows everything before this server is asked',
      why: 'EMQX asks ExHook last, and a rule that matches ends the check. The acl.conf that comes with EMQX ends in {allow, all} or {allow, {security_profile, legacy}}',
      fix: 'remove that rule, or the whole source (Access Control > Authorization in the dashboard), and set authorization.no_match = deny',
    };
  return {
    id: 'answers-before',
    severity: 'warning',
    what: `the broker asks the authorization source ${source.type} before this server`,
    why: 'a match there is final: this server never sees these topics, allowed or denied',
    fix: 'disable the source, unless this is intended',
  };
}

/** Looks at last rules for all clients only: other rules use facts that ExHook does not transmit. */
function allowsAll(text: string): boolean {
  const acl = parseEmqxAcl(text);
  if ('rules' in acl) return allowsEverything(acl.rules, 'ignore');
  const lines = text.replace(/%.*$/gm, '');
  return /\{\s*allow\s*,\s*(?:all|\{\s*security_profile\s*,\s*legacy\s*\})\s*\}\s*\./.test(lines);
}

function checkSettings(
  settings: { no_match: string; cache?: { enable: boolean; ttl?: unknown } | undefined } | undefined,
) {
  const found: Finding[] = [];
  if (settings?.no_match === 'allow')
    found.push({
      id: 'no-match-allows',
      severity: 'warning',
      what: 'authorization.no_match is allow',
      why: 'a topic that nobody decides is allowed: every topic until the broker has loaded this server for the first time, and later each topic for which the policy answers ignore',
      fix: 'set authorization.no_match = deny',
    });
  if (settings?.cache?.enable)
    found.push({
      id: 'cached-verdicts',
      severity: 'note',
      what: `the broker caches answers about topics${settings.cache.ttl === undefined ? '' : ` for ${settings.cache.ttl}`}`,
      why: 'a policy change reaches a connected client only after this time',
      fix: 'shorten authorization.cache.ttl if that is too long',
    });
  return found;
}
