/**
 * Finds fields of loop items that an expression reads without checking their presence. In `filter`, `map` and
 * `exists_one`, one item without the field makes the whole expression fail, and the sender of the list may add one.
 */
import type { parse } from '@bufbuild/cel';

type Expr = NonNullable<ReturnType<typeof parse>['expr']>;
type Kind = Expr['exprKind'];
type Loop = Extract<Kind, { case: 'comprehensionExpr' }>['value'];

/** Paths such as `r.v`, each once. */
export function unguardedFields(expr: Expr | undefined): readonly string[] {
  const found = new Set<string>();
  visit(expr, found);
  return [...found];
}

function visit(expr: Expr | undefined, found: Set<string>): void {
  if (expr === undefined) return;
  const { exprKind: kind } = expr;
  if (kind.case === 'comprehensionExpr' && !absorbsErrors(kind.value)) {
    const { read, asked } = fieldsOf(kind.value);
    for (const path of read) if (!asked.has(path)) found.add(path);
  }
  for (const child of childrenOf(kind)) visit(child, found);
}

/** `all` and `exists` start with true or false: another item may decide in spite of an error. */
function absorbsErrors({ accuInit }: Loop): boolean {
  const kind = accuInit?.exprKind;
  return kind?.case === 'constExpr' && kind.value.constantKind.case === 'boolValue';
}

function fieldsOf({ iterVar, loopStep }: Loop): { read: ReadonlySet<string>; asked: ReadonlySet<string> } {
  const read = new Set<string>();
  const asked = new Set<string>();
  const walk = (expr: Expr | undefined): void => {
    if (expr === undefined) return;
    const { exprKind: kind } = expr;
    const path = pathOf(expr, iterVar);
    if (path !== undefined) (kind.case === 'selectExpr' && kind.value.testOnly ? asked : read).add(path);
    const named = namedBy(kind, iterVar);
    if (named !== undefined) asked.add(named);
    for (const child of childrenOf(kind)) walk(child);
  };
  walk(loopStep);
  return { read, asked };
}

/** Returns `r.a.b` for `r.a.b`, `r.a` for `r["a"]`; undefined for other expressions and for the item itself. */
function pathOf({ exprKind: kind }: Expr, iterVar: string): string | undefined {
  if (kind.case === 'selectExpr') {
    const before = kind.value.operand && rootedPath(kind.value.operand, iterVar);
    return before && `${before}.${kind.value.field}`;
  }
  if (kind.case !== 'callExpr' || kind.value.function !== '_[_]') return undefined;
  const [holder, key] = kind.value.args;
  const before = holder && rootedPath(holder, iterVar);
  const name = key && textOf(key);
  return before !== undefined && name !== undefined ? `${before}.${name}` : undefined;
}

function rootedPath(expr: Expr, iterVar: string): string | undefined {
  const { exprKind: kind } = expr;
  return kind.case === 'identExpr' && kind.value.name === iterVar ? iterVar : pathOf(expr, iterVar);
}

/** `"a" in r` checks for `r.a`. */
function namedBy(kind: Kind, iterVar: string): string | undefined {
  if (kind.case !== 'callExpr' || kind.value.function !== '@in') return undefined;
  const [key, holder] = kind.value.args;
  const before = holder && rootedPath(holder, iterVar);
  const name = key && textOf(key);
  return before !== undefined && name !== undefined ? `${before}.${name}` : undefined;
}

function textOf({ exprKind: kind }: Expr): string | undefined {
  const constant = kind.case === 'constExpr' ? kind.value.constantKind : undefined;
  return constant?.case === 'stringValue' ? constant.value : undefined;
}

export function childrenOf(kind: Kind): (Expr | undefined)[] {
  switch (kind.case) {
    case 'selectExpr':
      return [kind.value.operand];
    case 'callExpr':
      return [kind.value.target, ...kind.value.args];
    case 'listExpr':
      return kind.value.elements;
    case 'structExpr':
      return kind.value.entries.flatMap(({ keyKind, value }) => [
        keyKind.case === 'mapKey' ? keyKind.value : undefined,
        value,
      ]);
    case 'comprehensionExpr': {
      const { iterRange, accuInit, loopCondition, loopStep, result } = kind.value;
      return [iterRange, accuInit, loopCondition, loopStep, result];
    }
    default:
      return [];
  }
}
