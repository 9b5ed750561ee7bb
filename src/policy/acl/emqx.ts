/**
 * Reads EMQX's `acl.conf`: Erlang terms such as `{allow, {username, "dash"}, subscribe, ["$SYS/#"]}.`, of which
 * the first that matches decides.
 *
 * What ExHook's request does not tell (QoS, retain flag, zone, listener, client attributes) cannot be judged: a
 * rule that needs it is a problem. Filters are compared more strictly than EMQX does: a subscription to `a/#` is
 * not allowed by `a/+`, and is denied by `a/b`.
 */
import type { Rule, RuleAction, TopicCondition } from '../rule.ts';
import { type Acl, type AclProblem, finish, type LinedRule } from './acl.ts';
import { complete, type Refuse, readWho } from './emqx-who.ts';
import { isAtom, membersOf, parseTerms, print, type Term } from './erlang-terms.ts';

/** Reads a file; `file` is what rules are named after: `acl.conf:12`. */
export function parseEmqxAcl(text: string, file = 'acl.conf'): Acl {
  const { terms, problems: unreadable } = parseTerms(text);
  const problems: AclProblem[] = [...unreadable];
  const refuse: Refuse = ({ line }, message) => void problems.push({ line, message });
  const lined: LinedRule[] = [];
  for (const term of terms) {
    const rule = readRule(term, refuse);
    if (rule !== undefined) lined.push({ line: term.line, rule: { name: `${file}:${term.line}`, ...rule } });
  }
  return finish(lined, problems);
}

/** Reads one term, all of it even after a problem, so that all problems are found. */
function readRule(term: Term, refuse: Refuse): Rule | undefined {
  const members = membersOf(term);
  const [permission, who, action, topics] = members;
  if (permission === undefined || who === undefined) return refuse(term, ruleForm);
  const isAllow = isAtom(permission, 'allow');
  if (!isAllow && !isAtom(permission, 'deny')) return refuse(permission, 'a rule begins with allow or deny');
  // As EMQX has it: {allow, all} is about "#", and so not about topics that begin with "$".
  if (members.length === 2 && isAtom(who, 'all'))
    return { [isAllow ? 'allow' : 'deny']: 'all', topics: ['#'] };
  if (members.length !== 4 || action === undefined || topics === undefined) return refuse(term, ruleForm);
  const whom = readWho(who, refuse);
  const about = readAction(action, refuse);
  const filters = readTopics(topics, refuse);
  if (whom === undefined || about === undefined || filters === undefined) return undefined;
  return {
    [isAllow ? 'allow' : 'deny']: about,
    who: whom === 'everyone' ? undefined : whom,
    topics: filters,
  };
}

const ruleForm = 'a rule is {allow | deny, all}. or {allow | deny, Who, Action, [Topic, ...]}.';

const actions: Readonly<Record<string, RuleAction>> = {
  publish: 'publish',
  subscribe: 'subscribe',
  all: 'all',
  pubsub: 'all',
};

function readAction(term: Term, refuse: Refuse): RuleAction | undefined {
  const [action, options] = membersOf(term);
  if (action !== undefined && options?.kind === 'list') {
    const limiting = options.items.find((option) => !isOpen(option));
    if (limiting === undefined) return readAction(action, refuse);
    return refuse(limiting, `${print(limiting)}: ExHook does not tell the QoS or the retain flag`);
  }
  if (term.kind === 'atom' && Object.hasOwn(actions, term.text)) return actions[term.text];
  return refuse(term, `${print(term)}: an action is publish, subscribe, all or pubsub`);
}

/** Does an option of an action allow whatever there is? */
function isOpen(option: Term): boolean {
  const [name, value] = membersOf(option);
  if (isAtom(name, 'retain')) return isAtom(value, 'all');
  const levels = isAtom(name, 'qos') && value?.kind === 'list' ? value.items : [];
  return [0, 1, 2].every((qos) => levels.some((level) => level.kind === 'integer' && level.value === qos));
}

function readTopics(term: Term, refuse: Refuse): readonly TopicCondition[] | undefined {
  if (term.kind !== 'list') return refuse(term, 'topics are a list: ["a/#", {eq, "b/+"}]');
  return complete(term.items.map((item) => readTopic(item, refuse)));
}

function readTopic(term: Term, refuse: Refuse): TopicCondition | undefined {
  if (term.kind === 'text') return topicOf(term.text);
  const [eq, text] = membersOf(term);
  if (isAtom(eq, 'eq') && text?.kind === 'text') return { eq: text.text };
  return refuse(term, `${print(term)}: a topic is "filter" or {eq, "text"}`);
}

/**
 * A topic as EMQX writes it in one text: `eq a/+` is the literal filter `a/+`. `%u` and `%c` are EMQX 4's
 * placeholders, each a whole level.
 */
export function topicOf(text: string): TopicCondition {
  if (text.startsWith('eq ')) return { eq: text.slice('eq '.length) };
  const placeholders: Readonly<Record<string, string>> = { '%u': '${username}', '%c': '${clientid}' };
  const levels = text
    .split('/')
    .map((level) => (level.length === 2 ? (placeholders[level] ?? level) : level));
  return levels.join('/');
}
