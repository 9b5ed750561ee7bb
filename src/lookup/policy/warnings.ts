/** Warns about usable policies that may not do what their operator expects. */

import type { Rule } from '../../policy/topics/rule.ts';
import { hasUserinfo } from '../methods/option-parts.ts';
import { methodOf } from '../sections/authenticate-methods.ts';
import type { PolicyConfig } from './open-policy.ts';

const BEFORE_5_9 = 'EMQX 5.0 to 5.8 refuses such clients unless an authenticator of its own admits them';
const SINCE_5_9 = 'EMQX since 5.9 admits them if it has no authenticator';

/** Yields lines for the log. */
export function* policyWarnings({ authenticate, authorize, publish }: PolicyConfig): Iterable<string> {
  if (authenticate?.mode === 'shadow')
    yield `authenticate.mode: shadow leaves logins to the broker: ${BEFORE_5_9}; ${SINCE_5_9}`;
  for (const place of authenticate === undefined ? [] : urlsWithUserinfo(authenticate))
    yield `${place} holds a user name or a password, in plain text: write headers: { authorization: { env: NAME } } or { file: PATH } beside it, whose value is "Basic " and the base64 of user:password`;
  if (authenticate?.otherwise === 'ignore')
    yield `authenticate.otherwise: ignore leaves clients that no method recognises to the broker: ${BEFORE_5_9}; ${SINCE_5_9}`;
  if (authenticate?.onError === 'ignore')
    yield `authenticate.onError: ignore leaves logins that cannot be decided to the broker: ${BEFORE_5_9}; ${SINCE_5_9}`;
  if (authenticate?.onError === 'allow')
    yield 'authenticate.onError: allow admits every client while a service is down';
  if (authenticate?.iKnowThisAllowsEveryone)
    yield 'authenticate.iKnowThisAllowsEveryone: the policy may admit every client';
  if (authorize?.otherwise === 'ignore')
    yield "authorize.otherwise: ignore keeps the broker's own result where no rule matches: set authorization.no_match = deny there";
  if (authorize?.onError === 'allow') yield 'authorize.onError: allow allows every topic while look-ups fail';
  if (authorize?.iKnowThisAllowsEveryone)
    yield 'authorize.iKnowThisAllowsEveryone: the policy may allow every topic to everyone';
  if (publish?.mode === 'shadow') yield 'publish.mode: shadow lets every message pass unchanged';
  if (authorize !== undefined && authenticate === undefined && asksForTags(authorize.rules))
    yield 'authorize.rules use tags, which only logins decided by this server set: configure authenticate';
}

/** Yields the keys of URLs with a user name or password. */
function* urlsWithUserinfo({ methods }: NonNullable<PolicyConfig['authenticate']>): Iterable<string> {
  for (const [i, section] of methods.entries()) {
    const { method, options } = methodOf(section);
    for (const { key, url } of method.urls?.(options) ?? [])
      if (hasUserinfo(url)) yield `authenticate.methods[${i}].${method.name}.${key}`;
  }
}

function asksForTags(rules: readonly Rule[]): boolean {
  return JSON.stringify(rules).includes('"tag"') || JSON.stringify(rules).includes('${tag.');
}
