/** Methods without a look-up: they decide by what the broker sends. */

import { compileText, compileWho } from '../client-match.ts';
import type { Login, Method } from '../policy.ts';
import { caller } from '../subject.ts';
import { isComplete, renderText, type TextTemplate } from '../text/text-template.ts';
import type { TextCondition, Who } from '../topics/rule.ts';
import { loginOfUser } from './logins.ts';
import type { Tags } from './tags.ts';

/** Conditions on a text; at least one must hold: a template of the client's names, or a condition. */
export type NameConditions = readonly (TextCondition | TextTemplate)[];

export interface CertificateOptions {
  readonly name: string;
  readonly commonName?: NameConditions | undefined;
  readonly subject?: NameConditions | undefined;
  readonly tags: Tags;
}

/** Recognises clients by the certificate that the broker verified. */
export function certificateMethod({ name, commonName, subject, tags }: CertificateOptions): Method {
  const isCommonName = compileNames(commonName);
  const isSubject = compileNames(subject);
  return {
    name,
    judge(client) {
      if (client.cn === '' && client.dn === '') return { result: 'unknown' };
      if (!isCommonName(client.cn, client))
        return { result: 'unknown', reason: 'the common name does not match' };
      if (!isSubject(client.dn, client)) return { result: 'unknown', reason: 'the subject does not match' };
      return loginOfUser(tags);
    },
  };
}

type NameTest = (text: string, client: Login) => boolean;

function compileNames(conditions: NameConditions | undefined): NameTest {
  if (conditions === undefined) return () => true;
  const tests = conditions.map(compileName);
  return (text, client) => text !== '' && tests.some((test) => test(text, client));
}

function compileName(condition: TextCondition | TextTemplate): NameTest {
  if (typeof condition === 'string' || !('parts' in condition)) {
    const test = compileText(condition, false);
    return (text) => test(text);
  }
  return (text, { clientid, username }) => {
    const values = { clientid, username };
    return isComplete(condition, values) && renderText(condition, values) === text;
  };
}

export interface AnonymousOptions {
  readonly name: string;
  readonly who?: Who | undefined;
  readonly tags: Tags;
}

/** Recognises clients that send no user name and meet the conditions. */
export function anonymousMethod({ name, who, tags }: AnonymousOptions): Method {
  const test = who === undefined ? () => true : compileWho(who, false);
  return {
    name,
    judge: (client) =>
      client.username === '' && test(caller(client)) ? loginOfUser(tags) : { result: 'unknown' },
  };
}
