/** The second member of a rule in EMQX's `acl.conf`: whom it is for. */
import type { Who } from '../rule.ts';
import { isAtom, membersOf, print, type Sequence, type Term } from './erlang-terms.ts';

/** Says what is wrong with a term; its value is that there is no value. */
export type Refuse = (term: Term, message: string) => undefined;

/** Conditions that EMQX knows, and what they need that ExHook does not tell. */
const unseen: Readonly<Record<string, string>> = {
  client_attr: "client's attributes",
  zone: 'zone',
  listener: 'name of the listener',
};

const nameFields: Readonly<Record<string, 'username' | 'clientid'>> = {
  user: 'username',
  username: 'username',
  client: 'clientid',
  clientid: 'clientid',
};

/** Reads `all`, `{username, ..}`, `{ipaddr, ..}`, `{'and', [..]}` and their like. */
export function readWho(term: Term, refuse: Refuse): Who | 'everyone' | undefined {
  if (isAtom(term, 'all')) return 'everyone';
  const [kind, value] = membersOf(term);
  const form = kind?.kind === 'atom' ? kind.text : '';
  if (Object.hasOwn(unseen, form))
    return refuse(term, `${print(term)}: ExHook does not tell the ${unseen[form]}`);
  const isPair = membersOf(term).length === 2;
  if (!isPair || value === undefined) return refuse(term, `${print(term)} is no condition on clients`);
  const field = Object.hasOwn(nameFields, form) ? nameFields[form] : undefined;
  if (field !== undefined) return readName(field, value, refuse);
  if (form === 'ipaddr' && value.kind === 'text') return { address: value.text };
  if (form === 'ipaddrs' && value.kind === 'list') return readAddresses(value, refuse);
  if ((form === 'and' || form === 'or') && value.kind === 'list') return readCombined(form, value, refuse);
  return refuse(term, `${print(term)} is no condition on clients`);
}

function readName(field: 'username' | 'clientid', value: Term, refuse: Refuse): Who | undefined {
  if (value.kind === 'text') return { [field]: { is: value.text } };
  const [re, pattern] = membersOf(value);
  if (isAtom(re, 're') && pattern?.kind === 'text') return { [field]: { regex: pattern.text } };
  return refuse(value, `${print(value)}: a ${field} is "text" or {re, "expression"}`);
}

function readAddresses({ items }: Sequence, refuse: Refuse): Who | undefined {
  const read = (item: Term) => (item.kind === 'text' ? item.text : refuse(item, 'an address is "text"'));
  const address = complete(items.map(read));
  return address && { address };
}

function readCombined(form: 'and' | 'or', list: Sequence, refuse: Refuse): Who | 'everyone' | undefined {
  if (list.items.length === 0) return refuse(list, `'${form}' of nothing`);
  const parts = complete(list.items.map((item) => readWho(item, refuse)));
  if (parts === undefined) return undefined;
  const conditions = parts.filter((part) => part !== 'everyone');
  // `all` adds nothing to an 'and', and makes an 'or' hold for everyone.
  const holdsForAll = form === 'and' ? conditions.length === 0 : conditions.length < parts.length;
  if (holdsForAll) return 'everyone';
  return form === 'and' ? { all: conditions } : { any: conditions };
}

/** The values, if none is missing. */
export function complete<T>(values: readonly (T | undefined)[]): readonly T[] | undefined {
  const present = values.filter((value) => value !== undefined);
  return present.length === values.length ? present : undefined;
}
