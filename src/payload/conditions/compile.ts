/** Compiles conditions in CEL, the Common Expression Language. Each evaluation has bounded work. */
import { celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import { type CompileCondition, MAX_CONDITION_LENGTH, type Variables } from '../../policy/condition.ts';
import { checkExpression } from './check.ts';
import { describeFailure, describeSyntaxError } from './describe.ts';
import { addedFunctions } from './functions.ts';
import { unguardedFields } from './loop-fields.ts';
import { type Charge, Meter } from './meter.ts';
import { asCel, KeyCounts } from './values.ts';

const meter = new Meter();
const charge: Charge = (cost) => meter.charge(cost);
const keys = new KeyCounts(charge);
const base = celEnv({ funcs: addedFunctions(charge) });
/** Wraps the functions to count every call. */
const env = Object.create(base, { funcs: { value: meter.watch(base.funcs) } }) as typeof base;

/** Never throws. A problem contains its place in the expression. */
export const compileCondition: CompileCondition = (source, variables) => {
  if (source.length > MAX_CONDITION_LENGTH)
    return { problem: `is longer than ${MAX_CONDITION_LENGTH} characters` };
  let uses: ReadonlySet<string>;
  let evaluate: (bindings: Record<string, never>) => unknown;
  let unguarded: readonly string[];
  try {
    const parsed = parse(source);
    unguarded = unguardedFields(parsed.expr);
    const checked = checkExpression(parsed, source, new Set(Object.keys(variables)), base.funcs);
    if ('problem' in checked) return checked;
    uses = checked.uses;
    evaluate = plan(env, parsed) as typeof evaluate;
  } catch (error) {
    return { problem: describeSyntaxError(error, source) };
  }
  const readers = [...uses].map((name) => [name, variables[name]] as const);
  // Without a prototype: unbound variables are not found there. Created once and filled for each evaluation.
  const bindings = Object.create(null) as Record<string, unknown>;
  return {
    source,
    uses,
    unguarded,
    test(input, ofCall) {
      meter.begin(ofCall);
      keys.reset();
      try {
        const result = evaluate(bind(bindings, readers, input));
        if (typeof result === 'boolean') return result;
        if (!isCelError(result)) return { failure: 'its result is neither true nor false' };
        return { failure: describeFailure(result) };
      } catch (error) {
        return { failure: describeFailure(error) };
      } finally {
        meter.end(ofCall);
        // Do not keep the payload after the call.
        for (const [name] of readers) bindings[name] = null;
      }
    },
  };
};

function bind<Input>(
  bindings: Record<string, unknown>,
  readers: readonly (readonly [string, Variables<Input>[string] | undefined])[],
  input: Input,
): Record<string, never> {
  for (const [name, read] of readers) bindings[name] = asCel(read?.(input) ?? null, keys);
  return bindings as Record<string, never>;
}
