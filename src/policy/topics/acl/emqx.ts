/**
 * Reads EMQX's `acl.conf`: Erlang terms such as `{allow, {username, "dash"}, subscribe, ["$SYS/#"]}.`. The first that
 * matches decides.
 *
 * Supports the syntax of EMQX 4 to 6.3. ExHook requests lack the QoS, retain flag, zone and listener: a rule that needs
 * one of them is a problem. Filters are compared more strictly than in EMQX: `a/+` does not allow a subscription to
 * `a/#`, and `a/b` denies it.
 */
import type { Rule, RuleAction, TopicCondition } from '../rule.ts';
import { type Acl, type AclProblem, finish, type LinedRule } from './acl.ts';
import { complete, type Refuse, readWho, type SecurityProfile } from './emqx-who.ts';
import { isAtom, membersOf, parseTerms, print, type Term } from './erlang-terms.ts';

export interface EmqxAclOptions {
  /** File name in the names of rules: `acl.conf:12`. */
  readonly file?: string;
  /** The profile that `{security_profile, ..}` is compared with. Default: `legacy`, as in EMQX. */
  readonly profile?: SecurityProfile;
}

/** Reads a file. */
export function parseEmqxAcl(
  text: string,
  { file = 'acl.conf', profile = 'legacy' }: EmqxAclOptions = {},
): Acl {
  const { terms, problems: unreadable } = parseTerms(text);
  const problems: AclProblem[] = [...unreadable];
  const refuse: Refuse = ({ line }, message) => void problems.push({ line, message });
  const lined: LinedRule[] = [];
  for (const term of terms) {
    const rule = readRule(term, refuse, profile);
    if (rule !== undefined) lined.push({ line: term.line, rule: { name: `${file}:${term.line}`, ...rule } });
  }
  return finish(lined, problems);
}

/** Reads one term and reports all its problems. `undefined` for a rule that can never match. */
function readRule(term: Term, refuse: Refuse, profile: SecurityProfile): Rule | undefined {
  const members = membersOf(term);
  const [permission, who, action = ALL, topics = ALL] = members;
  if (permission === undefined || who === undefined) return refuse(term, ruleForm);
  const isAllow = isAtom(permission, 'allow');
  if (!isAllow && !isAtom(permission, 'deny'))
    return refuse(permission, 'a rule must begin with allow or deny');
  if (members.length !== 4 && !(members.length === 2 && mayStandAlone(who))) return refuse(term, ruleForm);
  const whom = readWho(who, { refuse, isAllow, profile });
  const about = readAction(action, refuse);
  const filters = readTopics(topics, refuse);
  if (whom === undefined || about === undefined || filters === undefined) return undefined;
  if (whom === 'nobody' || filters.length === 0) return undefined;
  return {
    [isAllow ? 'allow' : 'deny']: about,
    who: whom === 'everyone' ? undefined : whom,
    topics: filters === EVERY_TOPIC ? undefined : filters,
  };
}

/** EMQX's default for the elements that a two-element rule omits. */
const ALL: Term = { kind: 'atom', text: 'all', line: 0 };

function mayStandAlone(who: Term): boolean {
  return isAtom(who, 'all') || isAtom(membersOf(who)[0], 'security_profile');
}

const ruleForm =
  'write a rule as {allow | deny, all}. or {allow | deny, {security_profile, legacy | hardened}}. or {allow | deny, Who, Action, all | [Topic, ...]}.';

const actions: Readonly<Record<string, RuleAction>> = {
  publish: 'publish',
  subscribe: 'subscribe',
  all: 'all',
  pubsub: 'all',
};

function readAction(term: Term, refuse: Refuse): RuleAction | undefined {
  const [action, options] = membersOf(term);
  if (action !== undefined && options?.kind === 'list') {
    const about = readAction(action, refuse);
    const limit = findLimit(options.items, about);
    return limit === undefined
      ? about
      : refuse(limit, `${print(limit)}: ExHook does not send the QoS or the retain flag`);
  }
  if (term.kind === 'atom' && Object.hasOwn(actions, term.text)) return actions[term.text];
  return refuse(term, `${print(term)}: an action must be publish, subscribe, all or pubsub`);
}

/** Finds the option that narrows a rule. EMQX ignores unknown options, and `retain` for subscriptions. */
function findLimit(options: readonly Term[], about: RuleAction | undefined): Term | undefined {
  const named = (name: string) =>
    options.filter((option) => isAtom(option, name) || isAtom(membersOf(option)[0], name));
  const qos = named('qos');
  const levels = new Set(qos.flatMap(levelsOf));
  if (qos.length > 0 && ![0, 1, 2].every((level) => levels.has(level))) return qos[0];
  if (qos.some((option) => levelsOf(option).some((level) => ![0, 1, 2].includes(level)))) return qos[0];
  const [retain] = about === 'subscribe' ? [] : named('retain');
  return retain !== undefined && !isAtom(membersOf(retain)[1], 'all') ? retain : undefined;
}

/** Reads `{qos, 1}` or `{qos, [0, 1]}`; NaN for anything that is not an integer. */
function levelsOf(option: Term): readonly number[] {
  const [, value] = membersOf(option);
  const items = value?.kind === 'list' ? value.items : [value];
  return items.map((item) => (item?.kind === 'integer' ? item.value : Number.NaN));
}

/** In EMQX, the atom `all` instead of a list includes topics that begin with "$". */
const EVERY_TOPIC: readonly TopicCondition[] = ['#'];

function readTopics(term: Term, refuse: Refuse): readonly TopicCondition[] | undefined {
  if (isAtom(term, 'all')) return EVERY_TOPIC;
  if (term.kind !== 'list') return refuse(term, 'topics must be all, or a list such as ["a/#", {eq, "b/+"}]');
  return complete(term.items.map((item) => readTopic(item, refuse)));
}

function readTopic(term: Term, refuse: Refuse): TopicCondition | undefined {
  if (term.kind === 'text') return topicOf(term.text);
  const [eq, text] = membersOf(term);
  if (isAtom(eq, 'eq') && (text?.kind === 'text' || text?.kind === 'atom')) return { eq: text.text };
  return refuse(term, `${print(term)}: a topic must be "filter" or {eq, "text"}`);
}

/**
 * Converts a topic from EMQX's text form: `eq a/+` is the literal filter `a/+`. `%u` and `%c` are EMQX 4's
 * placeholders; each fills a whole level. Client attributes become tags.
 */
export function topicOf(text: string): TopicCondition {
  if (text.startsWith('eq ')) return { eq: text.slice('eq '.length) };
  const placeholders: Readonly<Record<string, string>> = { '%u': '${username}', '%c': '${clientid}' };
  const levels = text
    .split('/')
    .map((level) => (level.length === 2 ? (placeholders[level] ?? level) : level));
  return levels.join('/').replaceAll('${client_attrs.', '${tag.');
}
