/**
 * Compiles the `who` of a rule into a test of the caller.
 *
 * A regular expression that would be too costly on a text is not evaluated. Its condition then counts as the opposite
 * of what the rule grants, also below `not`. This is decided when the rule is compiled.
 */
import { compilePattern, type PatternBudget } from '../lib/pattern/pattern.ts';
import { addressOf, type Caller, tagOf } from './subject.ts';
import { isInCidr, parseCidr } from './text/cidr.ts';
import { matchesGlob } from './text/glob.ts';
import { listOf, type OneOrMore, type TagCondition, type TextCondition, type Who } from './topics/rule.ts';

/** Reports whether the condition holds for this caller. */
export type WhoTest = (caller: Caller) => boolean;

/** Tests one name; `undefined` and `''` mean that there is no name. */
export type TextTest = (text: string | undefined, budget?: PatternBudget) => boolean;

/**
 * Compiles a `who`.
 *
 * @param ifTooCostly result of a regular expression that is too costly to evaluate: `false` where a match benefits the
 *   client, `true` where a match restricts it.
 * @throws TypeError if `findRuleProblems` finds a problem in the `who`.
 */
export function compileWho(who: Who, ifTooCostly: boolean): WhoTest {
  const tests = [...fieldTests(who, ifTooCostly)];
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return only;
  return (caller) => tests.every((test) => test(caller));
}

function* fieldTests(who: Who, ifTooCostly: boolean): Iterable<WhoTest> {
  const name = (conditions: OneOrMore<TextCondition>, read: (caller: Caller) => string): WhoTest =>
    nameTest(compileText(conditions, ifTooCostly), read);
  const nested = (part: Who): WhoTest => compileWho(part, ifTooCostly);
  if (who.username !== undefined) yield name(who.username, (caller) => caller.subject.username);
  if (who.clientid !== undefined) yield name(who.clientid, (caller) => caller.subject.clientid);
  if (who.cert_common_name !== undefined) yield name(who.cert_common_name, (caller) => caller.subject.cn);
  if (who.address !== undefined) yield addressTest(who.address);
  if (who.tag !== undefined) yield anyOf(listOf(who.tag).map((tag) => tagTest(tag, ifTooCostly)));
  if (who.all !== undefined) yield allOf(who.all.map(nested));
  if (who.any !== undefined) yield anyOf(who.any.map(nested));
  if (who.not !== undefined) yield not(compileWho(who.not, !ifTooCostly));
}

function allOf(tests: readonly WhoTest[]): WhoTest {
  return (caller) => tests.every((test) => test(caller));
}

function anyOf(tests: readonly WhoTest[]): WhoTest {
  return (caller) => tests.some((test) => test(caller));
}

function not(test: WhoTest): WhoTest {
  return (caller) => !test(caller);
}

function nameTest(test: TextTest, read: (caller: Caller) => string): WhoTest {
  return (caller) => test(read(caller), caller);
}

function addressTest(blocks: OneOrMore<string>): WhoTest {
  const cidrs = listOf(blocks).map((block) => parseCidr(block) ?? refuse(`"${block}" is not an address`));
  return (caller) => {
    const address = addressOf(caller);
    return address !== undefined && cidrs.some((cidr) => isInCidr(address, cidr));
  };
}

function tagTest(condition: TagCondition, ifTooCostly: boolean): WhoTest {
  if (typeof condition === 'string') return (caller) => tagOf(caller.subject, condition) !== undefined;
  const tests = Object.entries(condition).map(([name, conditions]) => {
    const test = compileText(conditions, ifTooCostly);
    return (caller: Caller) => test(tagOf(caller.subject, name), caller);
  });
  return allOf(tests);
}

/**
 * Compiles conditions on a text. At least one must hold.
 *
 * @param ifTooCostly as for `compileWho`
 */
export function compileText(conditions: OneOrMore<TextCondition>, ifTooCostly: boolean): TextTest {
  const list = listOf(conditions);
  const texts = exactTexts(list);
  if (texts !== undefined) return exactTest(texts);
  const tests = list.map((condition) => compileTextCondition(condition, ifTooCostly));
  return (text, budget) => tests.some((test) => test(text, budget));
}

/** The accepted texts, if the conditions list them literally. */
export function exactTexts(conditions: readonly TextCondition[]): readonly string[] | undefined {
  const texts: string[] = [];
  for (const condition of conditions) {
    if (typeof condition === 'string') texts.push(condition);
    else if ('is' in condition) texts.push(condition.is);
    else return undefined;
  }
  return texts;
}

function exactTest(texts: readonly string[]): TextTest {
  const [only] = texts;
  if (texts.length === 1) return (text) => text === only;
  const set = new Set(texts);
  return (text) => text !== undefined && set.has(text);
}

function compileTextCondition(condition: TextCondition, ifTooCostly: boolean): TextTest {
  if (typeof condition === 'string') return exactTest([condition]);
  if ('is' in condition) return exactTest([condition.is]);
  if ('present' in condition) return (text) => (text !== undefined && text !== '') === condition.present;
  const test = 'like' in condition ? globTest(condition.like) : regexTest(condition.regex, ifTooCostly);
  return (text, budget) => text !== undefined && text !== '' && test(text, budget);
}

function globTest(glob: string): (text: string) => boolean {
  return (text) => matchesGlob(glob, text);
}

/** Longest name that is evaluated, in characters. MQTT allows 65,535 bytes; a token as user name has a few thousand. */
const MAX_NAME = 16_384;

function regexTest(source: string, ifTooCostly: boolean): (text: string, budget?: PatternBudget) => boolean {
  const pattern = compilePattern(source, 're2');
  if ('problem' in pattern) return refuse(pattern.problem);
  return (text, budget) => {
    const outcome = text.length > MAX_NAME ? 'too-costly' : pattern.test(text, budget);
    return outcome === 'too-costly' ? ifTooCostly : outcome === 'match';
  };
}

function refuse(problem: string): never {
  throw new TypeError(problem);
}
