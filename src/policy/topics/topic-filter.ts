/**
 * Validates and compares topic names and topic filters (MQTT 5.0, section 4.7).
 *
 * The three comparisons walk both strings once, without splitting them. Their arguments must be valid.
 */
import { MAX_TEXT_BYTES, utf8Length } from '../../protocol/schema/text.ts';

const HASH = 0x23;
const DOLLAR = 0x24;
const PLUS = 0x2b;
const SLASH = 0x2f;

/** Returns why a text is not a topic name, or `undefined` if it is. */
export function findTopicNameProblem(name: string): string | undefined {
  // [MQTT-3.3.2-2]
  if (name.includes('+') || name.includes('#'))
    return 'a topic name must not contain the wildcards "+" and "#"';
  return findTextProblem(name);
}

/** Returns why a text is not a topic filter, or `undefined` if it is. */
export function findTopicFilterProblem(filter: string): string | undefined {
  return findTextProblem(filter) ?? findWildcardProblem(filter);
}

function findTextProblem(text: string): string | undefined {
  if (text === '') return 'must not be empty'; // [MQTT-4.7.3-1]
  if (text.includes('\0')) return 'must not contain the character NUL'; // [MQTT-4.7.3-2]
  if (text.length > MAX_TEXT_BYTES / 3 && utf8Length(text) > MAX_TEXT_BYTES) {
    return `must be at most ${MAX_TEXT_BYTES} bytes of UTF-8`; // [MQTT-4.7.3-3]
  }
  return undefined;
}

function findWildcardProblem(filter: string): string | undefined {
  for (let i = 0; i < filter.length; i++) {
    const unit = filter.charCodeAt(i);
    if (unit !== HASH && unit !== PLUS) continue;
    const startsLevel = i === 0 || filter.charCodeAt(i - 1) === SLASH;
    const endsLevel = i + 1 === filter.length || filter.charCodeAt(i + 1) === SLASH;
    // [MQTT-4.7.1-2] and [MQTT-4.7.1-1]
    if (unit === PLUS && !(startsLevel && endsLevel)) return '"+" must be the whole of its level';
    if (unit === HASH && !(startsLevel && i + 1 === filter.length))
      return '"#" must be the whole of the last level';
  }
  return undefined;
}

/** Reports whether the filter begins with a wildcard, which never matches a leading `$`. [MQTT-4.7.2-1] */
function startsWild(filter: string): boolean {
  const first = filter.charCodeAt(0);
  return first === HASH || first === PLUS;
}

function startsWithDollar(text: string): boolean {
  return text.charCodeAt(0) === DOLLAR;
}

/** Returns the end of the level that starts at `from`. */
function levelEnd(text: string, from: number): number {
  const end = text.indexOf('/', from);
  return end === -1 ? text.length : end;
}

function isSameLevel(
  a: string,
  aStart: number,
  aEnd: number,
  b: string,
  bStart: number,
  bEnd: number,
): boolean {
  if (aEnd - aStart !== bEnd - bStart) return false;
  for (let i = aStart, j = bStart; i < aEnd; i++, j++) {
    if (a.charCodeAt(i) !== b.charCodeAt(j)) return false;
  }
  return true;
}

/** Reports whether only `/#` is left. It matches the parent level, too. [MQTT-4.7.1-2] */
function isOnlyHashLeft(filter: string, end: number): boolean {
  return end + 2 === filter.length && filter.charCodeAt(end + 1) === HASH;
}

/** Reports whether the filter matches the topic name. */
export function matches(filter: string, topic: string): boolean {
  return covers(filter, topic);
}

/**
 * Reports whether the rule's filter matches every topic that the requested filter matches.
 *
 * `a/+` does not cover `a/#`; `+/#` covers `#`, because every topic has at least one level.
 */
export function covers(rule: string, requested: string): boolean {
  if (startsWild(rule) && startsWithDollar(requested)) return false;
  if (rule === '+/#') return true;
  for (let r = 0, q = 0; ; r++, q++) {
    const wildcard = rule.charCodeAt(r);
    if (wildcard === HASH) return true;
    const asked = requested.charCodeAt(q);
    if (asked === HASH) return false;
    const rEnd = levelEnd(rule, r);
    const qEnd = levelEnd(requested, q);
    if (wildcard !== PLUS && !isSameLevel(rule, r, rEnd, requested, q, qEnd)) return false;
    if (qEnd === requested.length) return rEnd === rule.length || isOnlyHashLeft(rule, rEnd);
    if (rEnd === rule.length) return false;
    r = rEnd;
    q = qEnd;
  }
}

/** Reports whether some topic matches both filters. */
export function overlaps(a: string, b: string): boolean {
  if (startsWild(a) ? startsWithDollar(b) : startsWild(b) && startsWithDollar(a)) return false;
  for (let i = 0, j = 0; ; i++, j++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(j);
    if (left === HASH || right === HASH) return true;
    const aEnd = levelEnd(a, i);
    const bEnd = levelEnd(b, j);
    if (left !== PLUS && right !== PLUS && !isSameLevel(a, i, aEnd, b, j, bEnd)) return false;
    if (aEnd === a.length) return bEnd === b.length || isOnlyHashLeft(b, bEnd);
    if (bEnd === b.length) return isOnlyHashLeft(a, aEnd);
    i = aEnd;
    j = bEnd;
  }
}
