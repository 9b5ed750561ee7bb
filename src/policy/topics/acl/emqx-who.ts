/** The second member of a rule in EMQX's `acl.conf`: whom it is for. */
import type { TextCondition, Who } from '../rule.ts';
import { isAtom, membersOf, print, type Sequence, type Term } from './erlang-terms.ts';

/** Says what is wrong with a term; its value is that there is no value. */
export type Refuse = (term: Term, message: string) => undefined;

/** Conditions that EMQX knows, and what they need that ExHook does not tell. */
const unseen: Readonly<Record<string, string>> = { zone: 'zone', listener: 'name of the listener' };

/** A profile of EMQX 6.3, which a broker runs with as a whole. */
export type SecurityProfile = 'legacy' | 'hardened';

/** What a condition is read for. */
export interface WhoContext {
  readonly refuse: Refuse;
  readonly isAllow: boolean;
  readonly profile: SecurityProfile;
}

/** A condition, or whether it holds for all clients or for none. */
export type AnyWho = Who | 'everyone' | 'nobody';

const nameFields: Readonly<Record<string, 'username' | 'clientid'>> = {
  user: 'username',
  username: 'username',
  client: 'clientid',
  clientid: 'clientid',
};

/** Reads `all`, `{username, ..}`, `{ipaddr, ..}`, `{'and', [..]}` and their like. */
export function readWho(term: Term, context: WhoContext): AnyWho | undefined {
  const { refuse } = context;
  if (isAtom(term, 'all')) return 'everyone';
  const [kind, value, ...more] = membersOf(term);
  const form = kind?.kind === 'atom' ? kind.text : '';
  if (Object.hasOwn(unseen, form))
    return refuse(term, `${print(term)}: ExHook does not tell the ${unseen[form]}`);
  if (form === 'client_attr') return readAttribute(term, context);
  if (value === undefined || more.length > 0)
    return refuse(term, `${print(term)} is no condition on clients`);
  const field = Object.hasOwn(nameFields, form) ? nameFields[form] : undefined;
  if (field !== undefined) return readName(field, value, refuse);
  if (form === 'security_profile') return readProfile(term, value, context);
  if (form === 'ipaddr' && value.kind === 'text') return { address: value.text };
  if (form === 'ipaddrs' && value.kind === 'list') return readAddresses(value, refuse);
  if ((form === 'and' || form === 'or') && value.kind === 'list') return readCombined(form, value, context);
  return refuse(term, `${print(term)} is no condition on clients`);
}

function readProfile(term: Term, value: Term, { refuse, profile }: WhoContext): AnyWho | undefined {
  if (!isAtom(value, 'legacy') && !isAtom(value, 'hardened'))
    return refuse(term, `${print(term)}: a security profile is legacy or hardened`);
  return isAtom(value, profile) ? 'everyone' : 'nobody';
}

/** The text of a string, a binary or an atom. */
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
 * Attributes of an HTTP answer are tags here. Those that EMQX makes itself (`client_attrs_init`) are not told, so that a
 * denial on one might never be hit.
 */
function readAttribute(term: Term, { refuse, isAllow }: WhoContext): Who | undefined {
  const [, name, value, ...more] = membersOf(term);
  const tag = textOf(name);
  if (tag === undefined || value === undefined || more.length > 0)
    return refuse(term, `${print(term)} is no condition on clients`);
  if (!isAllow) {
    const reason = `ExHook does not tell the client's attributes, so that a denial might never hold`;
    return refuse(term, `${print(term)}: ${reason}; deny by user name, client id or address`);
  }
  const condition = readText('value', value, refuse);
  return condition === undefined ? undefined : { tag: { [tag]: condition } };
}

function readAddresses({ items }: Sequence, refuse: Refuse): Who | undefined {
  const read = (item: Term) => (item.kind === 'text' ? item.text : refuse(item, 'an address is "text"'));
  const address = complete(items.map(read));
  return address && { address };
}

/** As EMQX: an 'and' of nothing holds, an 'or' of nothing does not. */
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

/** The values, if none is missing. */
export function complete<T>(values: readonly (T | undefined)[]): readonly T[] | undefined {
  const present = values.filter((value) => value !== undefined);
  return present.length === values.length ? present : undefined;
}
