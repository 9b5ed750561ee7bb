/** `exhook explain`: shows which method or rule decides, which nearly matched, and why not. */
import type { Environment } from '../../config/variables.ts';
import type { OpenPolicy } from '../../lookup/open-policy.ts';
import { parseBrokerVersion } from '../../policy/broker-version.ts';
import { nextLoginStep } from '../../policy/login/authenticate.ts';
import { parseTags } from '../../policy/login/tags.ts';
import type { Granted, Known, Login, MethodAnswer } from '../../policy/policy.ts';
import { decideAction } from '../../policy/topics/authorize-action.ts';
import { explain, type Step } from '../../policy/topics/explain.ts';
import type { Action } from '../../policy/topics/rule.ts';
import { findTopicFilterProblem, findTopicNameProblem } from '../../policy/topics/topic-filter.ts';
import type { Readings } from '../../policy/topics/topic-prefix.ts';
import { openPolicyFor } from './policy.ts';
import type { Terminal } from './terminal.ts';

/** A client, described by the options of the command. */
export interface ExplainClient {
  readonly clientid?: string;
  readonly username?: string;
  readonly peerhost?: string;
  readonly cn?: string;
  readonly dn?: string;
}

export interface ExplainAuthorize extends ExplainClient {
  readonly config: string;
  readonly publish?: string;
  readonly subscribe?: string;
  /** `name` or `name=value`. */
  readonly tag?: readonly string[];
  /** Release of the broker, which determines the meaning of prefixes such as `$queue/`. */
  readonly emqx?: string;
}

function clientOf({
  clientid = '',
  username = '',
  peerhost = '127.0.0.1',
  cn = '',
  dn = '',
}: ExplainClient): Known {
  return { node: '', clientid, username, peerhost, cn, dn };
}

/** @returns the exit status: 0 if allowed, 1 if not, 2 if it could not be decided. */
export async function explainAuthorizeCommand(
  options: ExplainAuthorize,
  env: Environment,
  terminal: Terminal,
): Promise<number> {
  const { publish, subscribe } = options;
  if ((publish === undefined) === (subscribe === undefined)) {
    terminal.err('write either --publish TOPIC or --subscribe FILTER');
    return 2;
  }
  const [action, topic]: [Action, string] =
    publish === undefined ? ['subscribe', subscribe ?? ''] : ['publish', publish];
  const problem = action === 'publish' ? findTopicNameProblem(topic) : findTopicFilterProblem(topic);
  if (problem !== undefined) {
    terminal.err(`--${action}: ${problem}`);
    return 2;
  }
  const tags = options.tag && parseTags(options.tag);
  if (options.tag !== undefined && tags === undefined) {
    terminal.err('--tag: write name or name=value');
    return 2;
  }
  const { emqx = '' } = options;
  if (emqx !== '' && parseBrokerVersion(emqx) === undefined) {
    terminal.err('--emqx: write a release such as 6.1.1');
    return 2;
  }
  const opened = await openPolicyFor(options.config, env, terminal);
  if (opened === undefined) return 2;
  const { policy } = opened;
  const { authorize } = policy.policies;
  if (authorize === undefined) {
    terminal.err('the configuration has no authorize: the broker decides alone');
    return 2;
  }
  const client = clientOf(options);
  const granted: Granted | undefined =
    tags === undefined ? authorize.grantsOf?.(client) : { tags, isExpired: false };
  const decision = decideAction({ ...authorize, mode: 'enforce' }, client, action, topic, granted, emqx);
  const subject = { ...client, tags: granted?.tags };
  const how = explain(policy.rules, subject, action, topic, policy.conditions, emqx);
  terminal.out(`${decision.verdict}, by ${decision.by}: ${decision.reason}`);
  if (authorize.mode === 'shadow') terminal.out('shadow mode: the broker decides by itself');
  if (how.readings !== undefined) terminal.out(describeReadings(how.readings, emqx));
  for (const { rule, reason } of decision.conditions ?? []) terminal.out(`when of ${rule} failed: ${reason}`);
  list('came close:', how.close, terminal);
  const far = how.passedOver.filter((step) => !how.close.includes(step));
  list('passed over:', far, terminal);
  policy.close();
  return decision.verdict === 'allow' ? 0 : 1;
}

/** Describes in one line what the filter means to the broker. */
function describeReadings({ topics, deniable, isAnything, named }: Readings, emqx: string): string {
  const broker = emqx === '' ? 'a broker of any release (use --emqx to select one)' : `EMQX ${emqx}`;
  const meanings = [...topics.map((topic) => `"${topic}"`), ...(isAnything ? ['any topic'] : [])];
  return [
    `to ${broker} this is ${meanings.join(' and ')}`,
    ...(deniable.length > 0 ? [`denials of "${deniable.join('", "')}" also apply`] : []),
    ...(named === undefined ? [] : [`a rule may name "${named}"`]),
  ].join('; ');
}

function list(title: string, steps: readonly Step[], terminal: Terminal): void {
  if (steps.length === 0) return;
  terminal.out(`\n${title}`);
  for (const { label, misses } of steps)
    terminal.out(`  ${label}: ${misses.map(({ message }) => message).join('; ')}`);
}

export interface ExplainAuthenticate extends ExplainClient {
  readonly config: string;
}

/** @returns the exit status: 0 if admitted, 1 if not, 2 if it could not be decided. */
export async function explainAuthenticateCommand(
  options: ExplainAuthenticate,
  readPassword: () => Promise<string | undefined>,
  env: Environment,
  terminal: Terminal,
): Promise<number> {
  const opened = await openPolicyFor(options.config, env, terminal);
  if (opened === undefined) return 2;
  const { policy } = opened;
  const { authenticate } = policy.policies;
  if (authenticate === undefined) {
    terminal.err('the configuration has no authenticate: the broker decides alone');
    return 2;
  }
  const password = (await readPassword()) ?? '';
  const client: Login = { ...clientOf(options), password, protocol: 'mqtt', mountpoint: '' };
  try {
    return await explainLogin(policy, client, terminal);
  } finally {
    policy.close();
  }
}

async function explainLogin(policy: OpenPolicy, client: Login, terminal: Terminal): Promise<number> {
  const { authenticate } = policy.policies;
  if (authenticate === undefined) return 2;
  const answers: Record<string, unknown> = {};
  for (const { name, judge } of authenticate.methods) {
    const kind = `authenticate/${name}`;
    try {
      const signal = AbortSignal.timeout(10_000);
      const answer = (judge?.(client) ??
        (await policy.lookups[kind]?.({ kind, client }, { signal }))) as MethodAnswer;
      answers[kind] = answer;
      terminal.out(`${name}: ${describeAnswer(answer)}`);
      if (answer.result !== 'unknown') break;
    } catch (error) {
      terminal.out(`${name}: failed: ${error instanceof Error ? error.message : 'unknown error'}`);
      terminal.out('\nonError decides');
      return 1;
    }
  }
  const step = nextLoginStep({ ...authenticate, isLimited: false, mode: 'enforce' }, client, answers);
  if ('ask' in step) return 2;
  const { verdict, by, reason, grant } = step.decision;
  terminal.out(`\n${verdict}, by ${by}: ${reason}`);
  const tags = Object.entries(grant?.tags ?? {}).map(([name, value]) => `${name}=${value}`);
  if (tags.length > 0) terminal.out(`tags: ${tags.join(', ')}`);
  if (grant?.rules !== undefined) terminal.out(`grants: ${grant.rules.length} rules`);
  if (authenticate.mode === 'shadow') terminal.out('shadow mode: the broker decides by itself');
  return verdict === 'allow' ? 0 : 1;
}

function describeAnswer(answer: MethodAnswer): string {
  if (answer.result === 'allow') return 'admits the client';
  if (answer.result === 'deny') return `refuses the client: ${answer.reason}`;
  return `does not recognise the client${answer.reason === undefined ? '' : ` (${answer.reason})`}`;
}
