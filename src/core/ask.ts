/** Looks up what a hook asks for: the only asynchronous part of a call. */
import { withTimeout } from '../lib/with-timeout.ts';
import { Failure } from '../protocol/failure.ts';
import type { HookInput } from '../protocol/schema/requests.ts';
import { type Hook, MAX_QUESTIONS, type Question } from './hook.ts';
import type { LookupContext, Runtime } from './runtime.ts';

type AnswersSoFar = Record<string, unknown>;

/**
 * Answers a hook's questions one after another until it asks none.
 *
 * @param budget milliseconds after which the call fails with `deadline`.
 * @throws Failure
 */
export async function answerQuestions(
  hook: Hook,
  input: HookInput,
  first: Question,
  runtime: Runtime,
  budget: number,
): Promise<AnswersSoFar> {
  const abort = new AbortController();
  const context = {
    signal: abort.signal,
    ...(Number.isFinite(budget) && { deadline: performance.now() + budget }),
  };
  try {
    return await withTimeout(askAll(hook, input, first, runtime, context), budget, missDeadline);
  } catch (error) {
    // Cancels the look-ups that still run; their results are ignored.
    abort.abort(error);
    throw error;
  }
}

/**
 * Returns the hook's next question.
 *
 * @throws TypeError when `needs` is async: an unhandled rejection would end the process.
 */
export function nextQuestion(
  hook: Hook,
  input: HookInput,
  { policy }: Runtime,
  answers: AnswersSoFar,
): Question | undefined {
  const question: unknown = hook.needs?.(input, { policy, answers });
  if (!(question instanceof Promise)) return question as Question | undefined;
  question.catch(() => undefined);
  throw new TypeError('needs must not be async: return a question instead');
}

async function askAll(
  hook: Hook,
  input: HookInput,
  first: Question,
  runtime: Runtime,
  context: LookupContext,
): Promise<AnswersSoFar> {
  const answers: AnswersSoFar = {};
  let question: Question | undefined = first;
  for (let asked = 0; question !== undefined; asked++) {
    if (asked === MAX_QUESTIONS)
      throw new TypeError(`hook ${hook.name} asked more than ${MAX_QUESTIONS} questions`);
    answers[question.kind] = await lookUp(question, runtime, context);
    context.signal.throwIfAborted();
    question = nextQuestion(hook, input, runtime, answers);
  }
  return answers;
}

async function lookUp(question: Question, runtime: Runtime, context: LookupContext): Promise<unknown> {
  const lookup = Object.hasOwn(runtime.lookups, question.kind) ? runtime.lookups[question.kind] : undefined;
  if (lookup === undefined) throw new TypeError(`there is no look-up of kind "${question.kind}"`);
  try {
    return await lookup(question, context);
  } catch (cause) {
    throw cause instanceof Failure ? cause : new Failure('lookup_failed', 'a look-up failed', { cause });
  }
}

/** Shared: creating an error with its stack costs more than the rest of a refusal, and most are never read. */
const late = new Failure('deadline', "no answer within the broker's deadline");

function missDeadline(): never {
  throw late;
}
