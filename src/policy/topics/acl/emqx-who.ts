/** Reads the second element of a rule in EMQX's `acl.conf`: the clients it applies to. */
import type { TextCondition, Who } from '../rule.ts';
import { isAtom, membersOf, print, type Sequence, type Term } from './erlang-terms.ts';

/** Reports a problem of a term; returns `undefined`. */
export type Refuse = (term: Term, message: string) => undefined;

/** EMQX conditions that need information that ExHook does not send. */
const unseen: Readonly<Record<string, string>> = { zone: 'zone', listener: 'name of the listener' };

/** A security profile of EMQX 6.3; a broker-wide setting. */
export type SecurityProfile = 'legacy' | 'hardened';

/** Context of a condition. */
export interface WhoContext {
  readonly refuse: Refuse;
  readonly isAllow: boolean;
  readonly profile: SecurityProfile;
}

/** A condition, or the constant for all clients or none. */
export type AnyWho = Who | 'everyone' | 'nobody';

const nameFields: Readonly<Record<string, 'username' | 'clientid'>> = {
  user: 'username',
  username: 'username',
  client: 'clientid',
  clientid: 'clientid',
};

/** Reads `all`, `{username, ..}`, `{ipaddr, ..}`, `{'and', [..]}` and so on. */
export function readWho(term: Term, context: WhoContext): AnyWho | undefined {
  const { refuse } = context;
  if (isAtom(term, 'all')) return 'everyone';
  const [kind, value, ...more] = membersOf(term);
  const form = kind?.kind === 'atom' ? kind.text : '';
  if (Object.hasOwn(unseen, form))
    return refuse(term, `${print(term)}: ExHook does not send the ${unseen[form]}`);
  if (form === 'client_attr') return readAttribute(term, context);
  if (value === undefined || more.length > 0)
    return refuse(term, `${print(term)} is not a condition on clients`);
  const field = Object.hasOwn(nameFields, form) ? nameFields[form] : undefined;
  if (field !== undefined) return readName(field, value, refuse);
  if (form === 'security_profile') return readProfile(term, value, context);
  if (form === 'ipaddr' && value.kind === 'text') return { address: value.text };
  if (form === 'ipaddrs' && value.kind === 'list') return readAddresses(value, refuse);
  if ((form === 'and' || form === 'or') && value.kind === 'list') return readCombined(form, value, context);
  return refuse(term, `${print(term)} is not a condition on clients`);
}

function readProfile(term: Term, value: Term, { refuse, profile }: WhoContext): AnyWho | undefined {
  if (!isAtom(value, 'legacy') && !isAtom(value, 'hardened'))
    return refuse(term, `${print(term)}: a security profile must be legacy or hardened`);
  return isAtom(value, profile) ? 'everyone' : 'nobody';
}

/** Returns the text of a string, a binary or an atom. */
function textOf(term: Term | undefined): string | undefined {
  return term?.kind === 'text' || term?.kind === 'atom' ? term.text : undefined;
}

function readText(what: string, value: Term, refuse: Refuse): TextCondition | undefined {
  const text = textOf(value);
  if (text !== undefined) return { is: text };
  const [re, pattern] = membersOf(value);
  const regex = isAtom(re, 're') ? textOf(pattern) : undefined;
  if (regex !== undefined) return { regex };
  return refuse(value, `${print(value)}: a ${what} is "text" or {re, "expression"}`);
}

function readName(field: 'username' | 'clientid', value: Term, refuse: Refuse): Who | undefined {
  const condition = readText(field, value, refuse);
  return condition === undefined ? undefined : { [field]: condition };
}

/**
 * Attributes from an HTTP response are tags here. ExHook does not send attributes that EMQX sets itself
 * (`client_attrs_init`), so a denial on one might never match.
 */
function readAttribute(term: Term, { refuse, isAllow }: WhoContext): Who | undefined {
  const [, name, value, ...more] = membersOf(term);
  const tag = textOf(name);
  if (tag === undefined || value === undefined || more.length > 0)
    return refuse(term, `${print(term)} is not a condition on clients`);
  if (!isAllow) {
    const reason = `ExHook does not send the client's attributes, so a denial might never match`;
    return refuse(term, `${print(term)}: ${reason}; deny by user name, client id or address`);
  }
  const condition = readText('value', value, refuse);
  return condition === undefined ? undefined : { tag: { [tag]: condition } };
}

function readAddresses({ items }: Sequence, refuse: Refuse): Who | undefined {
  const read = (item: Term) => (item.kind === 'text' ? item.text : refuse(item, 'an address must be "text"'));
  const address = complete(items.map(read));
  return address && { address };
}

/** As in EMQX, an empty 'and' holds and an empty 'or' does not. */
function readCombined(form: 'and' | 'or', list: Sequence, context: WhoContext): AnyWho | undefined {
  const parts = complete(list.items.map((item) => readWho(item, context)));
  if (parts === undefined) return undefined;
  const [decisive, idle] =
    form === 'and' ? (['nobody', 'everyone'] as const) : (['everyone', 'nobody'] as const);
  if (parts.includes(decisive)) return decisive;
  const conditions = parts.filter((part) => typeof part !== 'string');
  if (conditions.length === 0) return idle;
  return form === 'and' ? { all: conditions } : { any: conditions };
}

/** Returns the values, or `undefined` if one is missing. */
export function complete<T>(values: readonly (T | undefined)[]): readonly T[] | undefined {
  const present = values.filter((value) => value !== undefined);
  return present.length === values.length ? present : undefined;
}
