/** The `who` of a rule, compiled once into a test of the caller. */
import { isInCidr, parseCidr } from './cidr.ts';
import { matchesGlob } from './glob.ts';
import { compileRegex } from './regex.ts';
import { listOf, type OneOrMore, type TagCondition, type TextCondition, type Who } from './rule.ts';
import { addressOf, type Caller, tagOf } from './subject.ts';

/** Does the condition hold for this caller? */
export type WhoTest = (caller: Caller) => boolean;

/** A test of one name; `undefined` and `''` are no name. */
export type TextTest = (text: string | undefined) => boolean;

/**
 * Compiles a `who`.
 *
 * @throws TypeError for a `who` that `findRuleProblems` objects to.
 */
export function compileWho(who: Who): WhoTest {
  const tests = [...fieldTests(who)];
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return only;
  return (caller) => tests.every((test) => test(caller));
}

function* fieldTests(who: Who): Iterable<WhoTest> {
  if (who.username !== undefined) yield nameTest(who.username, (caller) => caller.subject.username);
  if (who.clientid !== undefined) yield nameTest(who.clientid, (caller) => caller.subject.clientid);
  if (who.cert_common_name !== undefined) yield nameTest(who.cert_common_name, (caller) => caller.subject.cn);
  if (who.address !== undefined) yield addressTest(who.address);
  if (who.tag !== undefined) yield anyOf(listOf(who.tag).map(tagTest));
  if (who.all !== undefined) yield allOf(who.all.map(compileWho));
  if (who.any !== undefined) yield anyOf(who.any.map(compileWho));
  if (who.not !== undefined) yield not(compileWho(who.not));
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

function nameTest(conditions: OneOrMore<TextCondition>, read: (caller: Caller) => string): WhoTest {
  const test = compileText(conditions);
  return (caller) => test(read(caller));
}

function addressTest(blocks: OneOrMore<string>): WhoTest {
  const cidrs = listOf(blocks).map((block) => parseCidr(block) ?? refuse(`"${block}" is no address`));
  return (caller) => {
    const address = addressOf(caller);
    return address !== undefined && cidrs.some((cidr) => isInCidr(address, cidr));
  };
}

function tagTest(condition: TagCondition): WhoTest {
  if (typeof condition === 'string') return (caller) => tagOf(caller.subject, condition) !== undefined;
  const tests = Object.entries(condition).map(([name, conditions]) => {
    const test = compileText(conditions);
    return (caller: Caller) => test(tagOf(caller.subject, name));
  });
  return allOf(tests);
}

/** Compiles conditions on a text, of which one must hold. */
export function compileText(conditions: OneOrMore<TextCondition>): TextTest {
  const list = listOf(conditions);
  const texts = exactTexts(list);
  if (texts !== undefined) return exactTest(texts);
  const tests = list.map(compileTextCondition);
  return (text) => tests.some((test) => test(text));
}

/** The texts that are accepted, when the conditions name them one by one. */
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

function compileTextCondition(condition: TextCondition): TextTest {
  if (typeof condition === 'string') return exactTest([condition]);
  if ('is' in condition) return exactTest([condition.is]);
  if ('present' in condition) return (text) => (text !== undefined && text !== '') === condition.present;
  const test = 'like' in condition ? globTest(condition.like) : regexTest(condition.regex);
  return (text) => text !== undefined && text !== '' && test(text);
}

function globTest(glob: string): (text: string) => boolean {
  return (text) => matchesGlob(glob, text);
}

function regexTest(pattern: string): (text: string) => boolean {
  const test = compileRegex(pattern);
  return typeof test === 'function' ? test : refuse(test.problem);
}

function refuse(problem: string): never {
  throw new TypeError(problem);
}
