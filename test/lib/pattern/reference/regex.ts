/**
 * Regular expressions in linear time: the pattern becomes an automaton, and all its states advance together
 * over the text (Thompson's construction). There is no backtracking, so no pattern can be made to run for
 * ever by a client that chooses its own name. The price: no look-around and no back-references.
 *
 * As in EMQX, a pattern matches anywhere in the text unless `^` and `$` tie it down. `$` is the very end.
 */
import { type CharacterSet, parseRegex, type RegexNode, RegexProblem } from './regex-parse.ts';

/** Does the expression match somewhere in the text? */
export type RegexTest = (text: string) => boolean;

type Instruction =
  | { readonly op: 'character'; readonly set: CharacterSet }
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'start' | 'end' | 'match' };

/** Every character of a text may touch every instruction: 64 KiB times 2,000 is still bounded. */
const MAX_INSTRUCTIONS = 2000;

/** Compiles an expression, or returns its error. */
export function compileRegex(pattern: string): RegexTest | { readonly problem: string } {
  try {
    const program: Instruction[] = [];
    emit(parseRegex(pattern), program);
    program.push({ op: 'match' });
    return (text) => run(program, text);
  } catch (error) {
    if (error instanceof RegexProblem) return { problem: error.message };
    throw error;
  }
}

function push<I extends Instruction>(program: Instruction[], instruction: I): I {
  if (program.length >= MAX_INSTRUCTIONS)
    throw new RegexProblem('is too large: use fewer or smaller repetitions');
  program.push(instruction);
  return instruction;
}

function emit(node: RegexNode, program: Instruction[]): void {
  if (node.kind === 'character') push(program, { op: 'character', set: node.set });
  else if (node.kind === 'sequence') for (const part of node.nodes) emit(part, program);
  else if (node.kind === 'choice') emitChoice(node.nodes, program);
  else if (node.kind === 'repeat') emitRepeat(node.node, node.min, node.max, program);
  else push(program, { op: node.kind });
}

function emitChoice(nodes: readonly RegexNode[], program: Instruction[]): void {
  const exits: { to: number }[] = [];
  for (const [i, node] of nodes.entries()) {
    const isLast = i === nodes.length - 1;
    const split = isLast ? undefined : push(program, { op: 'split', first: program.length + 1, second: 0 });
    emit(node, program);
    if (split === undefined) break;
    exits.push(push(program, { op: 'jump', to: 0 }));
    split.second = program.length;
  }
  for (const exit of exits) exit.to = program.length;
}

function emitRepeat(node: RegexNode, min: number, max: number, program: Instruction[]): void {
  for (let i = 0; i < min; i++) emit(node, program);
  if (max === Number.POSITIVE_INFINITY) {
    const start = program.length;
    const split = push(program, { op: 'split', first: start + 1, second: 0 });
    emit(node, program);
    push(program, { op: 'jump', to: start });
    split.second = program.length;
    return;
  }
  const splits: { second: number }[] = [];
  for (let i = min; i < max; i++) {
    splits.push(push(program, { op: 'split', first: program.length + 1, second: 0 }));
    emit(node, program);
  }
  for (const split of splits) split.second = program.length;
}

function run(program: readonly Instruction[], text: string): boolean {
  const isAnchored = findsStartFirst(program);
  // The position at which an instruction was last entered: each is entered once for each position.
  const entered = new Int32Array(program.length).fill(-1);
  let targets: number[] = [];
  for (let at = 0; ; ) {
    const waiting: number[] = [];
    for (const target of targets) if (enter(program, target, at, text.length, entered, waiting)) return true;
    if (!isAnchored || at === 0) if (enter(program, 0, at, text.length, entered, waiting)) return true;
    if (at >= text.length || (isAnchored && waiting.length === 0)) return false;
    const point = text.codePointAt(at) ?? 0;
    targets = [];
    for (const index of waiting) {
      const instruction = program[index];
      if (instruction?.op === 'character' && holds(instruction.set, point)) targets.push(index + 1);
    }
    at += point > 0xffff ? 2 : 1;
  }
}

function findsStartFirst(program: readonly Instruction[]): boolean {
  return program[0]?.op === 'start';
}

/** Follows all that needs no character; true when the expression has matched. */
function enter(
  program: readonly Instruction[],
  from: number,
  at: number,
  length: number,
  entered: Int32Array,
  waiting: number[],
): boolean {
  const stack = [from];
  for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
    if (entered[index] === at) continue;
    entered[index] = at;
    const instruction = program[index];
    if (instruction === undefined) continue;
    if (instruction.op === 'match') return true;
    if (instruction.op === 'character') waiting.push(index);
    else if (instruction.op === 'jump') stack.push(instruction.to);
    else if (instruction.op === 'split') stack.push(instruction.second, instruction.first);
    else if (instruction.op === 'start' ? at === 0 : at === length) stack.push(index + 1);
  }
  return false;
}

function holds({ ranges, negated }: CharacterSet, point: number): boolean {
  for (const [from, to] of ranges) if (point >= from && point <= to) return !negated;
  return negated;
}
