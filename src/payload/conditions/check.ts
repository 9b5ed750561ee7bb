/** Checks an expression before its first evaluation, and bounds its loops. */
import type { CelEnv, parse } from '@bufbuild/cel';
import type { ConditionProblem } from '../../policy/condition.ts';
import { placeOf } from './describe.ts';
import { childrenOf } from './loop-fields.ts';
import { VISIT } from './meter.ts';
import { findPatternProblem } from './patterns.ts';

type Parsed = ReturnType<typeof parse>;
type Expr = Parsed['expr'];
type Kind<Case extends string> = Extract<Expr['exprKind'], { case: Case }>['value'];

/** Functions of the planner that are not in the function table. */
const operators = ['_[_]', '_[?_]', '_?._', '_?_:_', '_&&_', '_||_'];
const ofLoops = ['@not_strictly_false', '__not_strictly_false__'];

/** Names of types, unless a variable has the same name: `type(x) == double`. */
const typeNames = [
  ...['bool', 'int', 'uint', 'double', 'string', 'bytes', 'list', 'map', 'null_type', 'type'],
  ...['google.protobuf.Timestamp', 'google.protobuf.Duration'],
];

class Objection extends Error {
  readonly expr: Expr;

  constructor(expr: Expr, message: string) {
    super(message);
    this.expr = expr;
  }
}

/** Returns the variables of the expression, or its first problem. Wraps the range of each loop to meter it. */
export function checkExpression(
  { expr, sourceInfo }: Parsed,
  source: string,
  variables: ReadonlySet<string>,
  functions: CelEnv['funcs'],
): { readonly uses: ReadonlySet<string> } | ConditionProblem {
  const walker = new Walker(variables, functions);
  try {
    walker.visit(expr, new Set());
    return { uses: walker.uses };
  } catch (error) {
    if (!(error instanceof Objection)) throw error;
    const offset = sourceInfo?.positions[String(error.expr.id)] ?? 0;
    return { problem: `${placeOf(source, offset)}: ${error.message}` };
  }
}

class Walker {
  readonly uses = new Set<string>();
  readonly #variables: ReadonlySet<string>;
  readonly #functions: CelEnv['funcs'];

  constructor(variables: ReadonlySet<string>, functions: CelEnv['funcs']) {
    this.#variables = variables;
    this.#functions = functions;
  }

  /** @param bound the variables of the enclosing loops. */
  visit(expr: Expr | undefined, bound: ReadonlySet<string>): void {
    const kind = expr?.exprKind;
    if (expr === undefined || kind === undefined) return;
    if (kind.case === 'identExpr') this.#name(expr, kind.value.name, bound);
    else if (kind.case === 'selectExpr') this.#select(expr, kind.value.operand, bound);
    else if (kind.case === 'callExpr') this.#call(expr, kind.value, bound);
    else if (kind.case === 'listExpr') for (const item of kind.value.elements) this.visit(item, bound);
    else if (kind.case === 'structExpr') this.#struct(expr, kind.value, bound);
    else if (kind.case === 'comprehensionExpr') this.#loop(expr, kind.value, bound);
  }

  #select(expr: Expr, operand: Expr | undefined, bound: ReadonlySet<string>): void {
    if (!typeNames.includes(dottedName(expr)) || this.#isVariable('google', bound))
      this.visit(operand, bound);
  }

  #isVariable(name: string, bound: ReadonlySet<string>): boolean {
    return bound.has(name) || this.#variables.has(name);
  }

  #name(expr: Expr, name: string, bound: ReadonlySet<string>): void {
    if (bound.has(name)) return;
    if (!this.#variables.has(name)) {
      if (typeNames.includes(name)) return;
      const known = [...this.#variables].join(', ');
      throw new Objection(expr, `there is no variable "${name}"; there are ${known}`);
    }
    this.uses.add(name);
  }

  #call(expr: Expr, call: Kind<'callExpr'>, bound: ReadonlySet<string>): void {
    const name = call.function;
    const space = call.target === undefined ? '' : dottedName(call.target);
    // `math.abs` is one name.
    if (space === 'math' && !this.#isVariable('math', bound)) {
      this.#ofSpace(expr, `${space}.${name}`);
      for (const arg of call.args) this.visit(arg, bound);
      return;
    }
    const isKnown = operators.includes(name) || ofLoops.includes(name);
    if (!isKnown && this.#functions.find(name) === undefined)
      throw new Objection(expr, `there is no function "${name}"`);
    this.visit(call.target, bound);
    for (const arg of call.args) this.visit(arg, bound);
    if (name === 'matches') checkPattern(expr, call.args.at(-1));
  }

  #ofSpace(expr: Expr, name: string): void {
    if (this.#functions.find(name) === undefined) throw new Objection(expr, `there is no function "${name}"`);
  }

  #struct(expr: Expr, struct: Kind<'structExpr'>, bound: ReadonlySet<string>): void {
    if (struct.messageName !== '') throw new Objection(expr, 'messages cannot be created here');
    for (const { keyKind, value } of struct.entries) {
      if (keyKind.case === 'mapKey') this.visit(keyKind.value, bound);
      this.visit(value, bound);
    }
  }

  #loop(expr: Expr, loop: Kind<'comprehensionExpr'>, bound: ReadonlySet<string>): void {
    this.visit(loop.iterRange, bound);
    if (loop.iterRange !== undefined) loop.iterRange = visited(expr, loop.iterRange, partsOf(loop));
    this.visit(loop.accuInit, bound);
    const within = new Set([...bound, loop.iterVar, loop.accuVar]);
    this.visit(loop.loopCondition, within);
    this.visit(loop.loopStep, within);
    this.visit(loop.result, within);
  }
}

/** Returns a dotted name such as `google.protobuf.Timestamp`; '' if the expression is not a name. */
function dottedName(expr: Expr): string {
  const { exprKind: kind } = expr;
  if (kind.case === 'identExpr') return kind.value.name;
  if (kind.case !== 'selectExpr' || kind.value.testOnly || kind.value.operand === undefined) return '';
  const before = dottedName(kind.value.operand);
  return before === '' ? '' : `${before}.${kind.value.field}`;
}

/** @param parts number of subexpressions that each iteration evaluates */
function visited(loop: Expr, range: Expr, parts: number): Expr {
  const constant = {
    $typeName: 'cel.expr.Constant' as const,
    constantKind: { case: 'int64Value' as const, value: BigInt(parts) },
  };
  const count: Expr = {
    $typeName: 'cel.expr.Expr',
    id: loop.id,
    exprKind: { case: 'constExpr', value: constant },
  };
  const call = {
    $typeName: 'cel.expr.Expr.Call' as const,
    function: VISIT,
    args: [range, count],
  };
  return { $typeName: 'cel.expr.Expr', id: loop.id, exprKind: { case: 'callExpr', value: call } };
}

function partsOf({ loopCondition, loopStep }: Kind<'comprehensionExpr'>): number {
  const count = (expr: Expr): number =>
    childrenOf(expr.exprKind).reduce((sum, child) => sum + (child === undefined ? 0 : count(child)), 1);
  return [loopCondition, loopStep].reduce((sum, expr) => sum + (expr === undefined ? 0 : count(expr)), 0);
}

/** Requires a literal: a pattern from a client could be invalid or large. */
function checkPattern(call: Expr, pattern: Expr | undefined): void {
  const kind = pattern?.exprKind;
  const constant = kind?.case === 'constExpr' ? kind.value.constantKind : undefined;
  if (constant?.case !== 'stringValue')
    throw new Objection(pattern ?? call, 'the pattern of matches() must be a text in quotes');
  const problem = findPatternProblem(constant.value);
  if (problem !== undefined) throw new Objection(pattern ?? call, `the pattern of matches() ${problem}`);
}
