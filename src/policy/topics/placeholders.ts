/**
 * Topic templates: texts with placeholders such as `${clientid}`, compiled when a policy is loaded.
 *
 * In a topic filter a value must stay within its level. A client chooses its own client id, so a value with `+`, `#` or
 * NUL is never put into a filter, and one with `/` only if the rule allows it. Otherwise the result says so, and the
 * rule does not match.
 */
import { type Subject, tagOf } from '../subject.ts';

/** All placeholders, as listed in error texts and documentation. */
export const placeholderNames = ['${username}', '${clientid}', '${cert_common_name}', '${tag.NAME}'] as const;

/** A placeholder: its name without `${}`, and how to read it. `''` if the subject has no such value. */
export interface Variable {
  readonly name: string;
  readonly read: (subject: Subject) => string;
}

/** A literal text or a variable. */
export type Part = string | Variable;

/** A compiled text; adjacent literals are merged. */
export interface Template {
  readonly source: string;
  readonly parts: readonly Part[];
}

/** Why a value is not allowed in a topic filter. */
export type UnsafeReason =
  | 'is empty'
  | 'contains "/"'
  | 'contains "+"'
  | 'contains "#"'
  | 'contains NUL'
  | 'begins with "$"';

/** An unused value: the variable and the reason, never the value. */
export interface UnsafeValue {
  readonly variable: string;
  readonly reason: UnsafeReason;
}

const variables: Readonly<Record<string, (subject: Subject) => string>> = {
  username: (subject) => subject.username,
  clientid: (subject) => subject.clientid,
  cert_common_name: (subject) => subject.cn,
};

function findVariable(name: string): Variable | undefined {
  const read = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (read !== undefined) return { name, read };
  const tag = name.startsWith('tag.') ? name.slice('tag.'.length) : '';
  return tag === '' ? undefined : { name, read: (subject) => tagOf(subject, tag) ?? '' };
}

/** Compiles a text, or returns what is wrong with its placeholders. `${$}` is a dollar sign. */
export function parseTemplate(source: string): Template | { readonly problem: string } {
  const parts: Part[] = [];
  let rest = 0;
  for (let start = source.indexOf('${'); start !== -1; start = source.indexOf('${', rest)) {
    const end = source.indexOf('}', start);
    if (end === -1) return { problem: `"${source.slice(start)}" has no closing "}"` };
    const name = source.slice(start + 2, end);
    if (start > rest) parts.push(source.slice(rest, start));
    rest = end + 1;
    // EMQX's escape for a literal dollar sign.
    const variable = name === '$' ? '$' : findVariable(name);
    if (variable === undefined) {
      const allowed = placeholderNames.join(', ');
      return { problem: `unknown placeholder "${source.slice(start, end + 1)}": use one of ${allowed}` };
    }
    parts.push(variable);
  }
  if (rest < source.length) parts.push(source.slice(rest));
  return { source, parts: joinTexts(parts) };
}

function joinTexts(parts: readonly Part[]): readonly Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const before = joined.at(-1);
    if (typeof part === 'string' && typeof before === 'string') joined[joined.length - 1] = before + part;
    else joined.push(part);
  }
  return joined;
}

/** Reports whether the template has a placeholder. */
export function isVariable(template: Template): boolean {
  return template.parts.some((part) => typeof part !== 'string');
}

/** Fills a topic filter with the subject's values, each within its level. @param slash whether a value may contain "/" */
export function substitute(template: Template, subject: Subject, slash = false): string | UnsafeValue {
  return substituteParts(template.parts, subject, true, slash);
}

/** Like `substitute`, for some parts of a template; `first` if they begin the filter. */
export function substituteParts(
  parts: readonly Part[],
  subject: Subject,
  first: boolean,
  slash: boolean,
): string | UnsafeValue {
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') text += part;
    else {
      const value = part.read(subject);
      const reason = findUnsafeReason(value, first && text === '', slash);
      if (reason !== undefined) return { variable: part.name, reason };
      text += value;
    }
  }
  return text;
}

/** Returns why a value is not allowed in a topic filter, or `undefined` if it is. */
export function findUnsafeReason(value: string, first: boolean, slash = false): UnsafeReason | undefined {
  if (value === '') return 'is empty';
  // A client must not reach $SYS/, $share/ or EMQX's $delayed/ by its name. [MQTT-4.7.2-1]
  if (first && value.charCodeAt(0) === 0x24) return 'begins with "$"';
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit === 0x2f && !slash) return 'contains "/"';
    if (unit === 0x2b) return 'contains "+"';
    if (unit === 0x23) return 'contains "#"';
    if (unit === 0) return 'contains NUL';
  }
  return undefined;
}
