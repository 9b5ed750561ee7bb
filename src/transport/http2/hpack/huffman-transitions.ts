/**
 * The Huffman code as a state machine that takes four bits per step. A state is an inner node of the code tree: the
 * bits since the last whole symbol. Four bits end at most one symbol, because the shortest code has five.
 */
import { codeLengths, EOS, huffmanCodes } from './huffman-code.ts';

/** A step to this state ends the decoding: the bits are EOS. */
export const FAILED = -1;

/** Set in a step that ends a symbol, which is in bits 8 to 15. Bits 0 to 7 are the next state. */
export const HAS_SYMBOL = 1 << 16;

/** Most bits of padding (5.2): more would include an octet without meaning. */
const MAX_PADDING_BITS = 7;

export interface HuffmanTransitions {
  /** Indexed by state * 16 + the next four bits. State 0 lies between two symbols. */
  readonly steps: Int32Array;
  /** 1 for each state in which a string may end: zero to seven bits of EOS since the last symbol. */
  readonly mayEnd: Uint8Array;
}

/** The children of an inner node: another inner node, or a symbol. */
type Node = [Child?, Child?];
type Child = { readonly node: number } | { readonly symbol: number };

/** Takes about a millisecond, so it is created with the first such string. */
export function makeTransitions(): HuffmanTransitions {
  const tree = makeTree();
  const steps = new Int32Array(tree.length * 16);
  for (let state = 0; state < tree.length; state++)
    for (let bits = 0; bits < 16; bits++) steps[state * 16 + bits] = step(tree, state, bits);
  return { steps, mayEnd: endStates(tree) };
}

function makeTree(): Node[] {
  const tree: Node[] = [[]];
  for (const [symbol, code] of huffmanCodes().entries()) {
    let node = 0;
    for (let bit = (codeLengths[symbol] as number) - 1; bit > 0; bit--)
      node = innerChild(tree, node, (code >>> bit) & 1);
    (tree[node] as Node)[code & 1] = { symbol };
  }
  return tree;
}

/** Returns the inner node below another, and creates it if needed. */
function innerChild(tree: Node[], parent: number, bit: number): number {
  const known = tree[parent]?.[bit];
  if (known !== undefined && 'node' in known) return known.node;
  const node = tree.push([]) - 1;
  (tree[parent] as Node)[bit] = { node };
  return node;
}

function step(tree: readonly Node[], state: number, bits: number): number {
  let node = state;
  let found = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const child = tree[node]?.[(bits >>> bit) & 1] as Child;
    if ('node' in child) {
      node = child.node;
      continue;
    }
    if (child.symbol === EOS) return FAILED;
    found = HAS_SYMBOL | (child.symbol << 8);
    node = 0;
  }
  return found | node;
}

function endStates(tree: readonly Node[]): Uint8Array {
  const mayEnd = new Uint8Array(tree.length);
  let node = 0;
  for (let bits = 0; bits <= MAX_PADDING_BITS; bits++) {
    mayEnd[node] = 1;
    const child = tree[node]?.[1] as Child;
    if ('node' in child) node = child.node;
  }
  return mayEnd;
}
