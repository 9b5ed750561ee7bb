/** Runs recorded calls in order under one configuration, through the same flow as on the wire. */
import { call } from '../../core/call.ts';
import type { Outcome } from '../../core/hook.ts';
import type { Runtime } from '../../core/runtime.ts';
import type { Failure } from '../../protocol/failure.ts';
import type { HookInput } from '../../protocol/schema/requests.ts';
import { binaryCodec } from '../../transport/codecs.ts';
import type { ConfigurationRun } from './configuration-run.ts';
import { type Effect, effectOf } from './effect.ts';
import type { Subject } from './subject.ts';

/** The outcome of one call. */
export interface Observed {
  readonly effect: Effect;
  /** Whether unrecorded rules from the login might have decided otherwise. */
  readonly dependsOnGrants: boolean;
}

/** Set to the time of each call before it runs, in milliseconds since 1970. */
export interface Clock {
  time: number;
}

/**
 * Recorded logins bring grants and tags for later topic checks: the order matters.
 *
 * @param between called before each call; throws to end the run. Default: nothing.
 */
export async function run(
  side: ConfigurationRun,
  subjects: readonly Subject[],
  clock: Clock,
  between?: () => Promise<void> | undefined,
): Promise<Observed[]> {
  const observed: Observed[] = [];
  for (const subject of subjects) {
    await between?.();
    if (subject.time !== undefined) clock.time = subject.time;
    observed.push(await observe(side, subject));
  }
  return observed;
}

async function observe(side: ConfigurationRun, subject: Subject): Promise<Observed> {
  const { gaps } = side;
  if (!side.isAsked(subject.hook)) return { effect: { kind: 'not asked' }, dependsOnGrants: false };
  gaps.reset();
  let outcome: Outcome | undefined;
  let failure: Failure | undefined;
  const runtime: Runtime = {
    ...side.runtime,
    decided(_rpc, input, decided, _since, _budget, failed) {
      if (failed !== undefined) return;
      outcome = decided;
      if (subject.hook === 'client.authenticate') remember(side, input, decided);
      // Like the server: messages judged at message.ingress are not judged again.
      if (subject.hook === 'message.ingress' && decided.decision !== undefined)
        side.judged.add((input as HookInput<'message.ingress'>).message.id);
    },
    failed(_rpc, why) {
      failure = why;
      return why;
    },
  };
  const { rpc, bytes } = subject.call;
  await call(rpc, binaryCodec, bytes, runtime, Number.POSITIVE_INFINITY);
  return {
    effect: withGaps(side, effectFrom(side, subject, outcome, failure)),
    dependsOnGrants: gaps.hasAskedGrants,
  };
}

function remember({ logins, gaps }: ConfigurationRun, input: HookInput, { decision }: Outcome): void {
  if (decision === undefined) return;
  logins.decided((input as HookInput<'client.authenticate'>).clientinfo, decision, gaps.found);
}

function effectFrom(
  side: ConfigurationRun,
  { hook, message }: Subject,
  outcome: Outcome | undefined,
  failure: Failure | undefined,
): Effect {
  if (outcome === undefined) return { kind: 'failed', by: failure?.code ?? 'handler_threw' };
  return effectOf(hook, outcome.reply, outcome.decision, message, (rule) => side.identify(hook, rule));
}

/** A call depends on its decision without the missing answers, and on those answers. */
function withGaps({ gaps }: ConfigurationRun, end: Effect): Effect {
  const [first] = gaps.found;
  if (first === undefined) return end;
  const signature = JSON.stringify([gaps.found.map((gap) => gap.signature), end.kind]);
  return { kind: 'untold', needs: first.needs, signature };
}
