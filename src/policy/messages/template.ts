/**
 * Templates of message rules: texts with placeholders such as `${clientid}` or `${payload.site.id}`. A template that
 * is exactly one placeholder gives the value itself: a number stays a number.
 */
import { isShortened } from '../../protocol/schema/list-limit.ts';
import type { Property } from '../../protocol/schema/vocabulary.ts';
import { isRounded } from '../text/exact-json.ts';
import { findUnsafeReason } from '../topics/placeholders.ts';
import { fail, TOO_MANY } from './failure.ts';
import { type MessageEdit, payloadOf, texts } from './message-edit.ts';
import { type Path, parsePath, readPath } from './path.ts';
import type { Value } from './value.ts';

interface Placeholder {
  /** As written, without `${}`. */
  readonly name: string;
  readonly root: string;
  readonly read: (edit: MessageEdit) => Value | undefined;
}

export interface MessageTemplate {
  readonly source: string;
  /** Literal texts and placeholders; adjacent literals are merged. */
  readonly parts: readonly (string | Placeholder)[];
}

/** All placeholders, as listed in error texts and documentation. */
export const messagePlaceholders = [
  '${clientid}',
  '${username}',
  '${peerhost}',
  '${protocol}',
  '${node}',
  '${id}',
  '${topic}',
  '${topic[0]}',
  '${qos}',
  '${timestamp}',
  '${payload}',
  '${payload.a.b}',
  '${props.NAME}',
  '${user_props.NAME}',
] as const;

type Reader = (edit: MessageEdit) => Value;

/** Placeholders without a path. `''` means that the message lacks the value. */
const plain: Readonly<Record<string, Reader>> = {
  ...texts,
  topic: ({ topic }) => topic,
  qos: ({ qos }) => qos,
  timestamp: ({ input }) => Number(input.message.timestamp),
};

function readerOf(root: string, path: Path): ((edit: MessageEdit) => Value | undefined) | undefined {
  const [step] = path;
  if (root === 'payload') return (edit) => readPath(payloadOf(edit), path);
  if (root === 'topic' && path.length === 1 && typeof step === 'number')
    return ({ topic }) => topic.split('/')[step];
  if ((root === 'props' || root === 'user_props') && path.length === 1 && typeof step === 'string') {
    const list = root === 'props' ? 'props' : 'userProps';
    return ({ input }) => propertyOf(input[list], step);
  }
  const read = Object.hasOwn(plain, root) ? plain[root] : undefined;
  return path.length === 0 ? read : undefined;
}

/** The first of several equal names counts. A name that is not found may be beyond the limit. */
function propertyOf(list: readonly Property[], wanted: string): string | undefined {
  const found = list.find(({ name }) => name === wanted)?.value;
  return found === undefined && isShortened(list) ? fail(TOO_MANY) : found;
}

function parsePlaceholder(name: string): Placeholder | { readonly problem: string } {
  const [root = ''] = /^[a-z_]+/.exec(name) ?? [];
  const rest = name.slice(root.length);
  const path = parsePath(rest.length > 1 && rest.startsWith('.') ? rest.slice(1) : rest);
  if ('problem' in path) return { problem: `\${${name}}: ${path.problem}` };
  const read = readerOf(root, path);
  if (read !== undefined) return { name, root, read };
  return { problem: `unknown placeholder "\${${name}}": use one of ${messagePlaceholders.join(', ')}` };
}

/** Compiles a text, or returns what is wrong with its placeholders. `$${` stands for `${`. */
export function parseMessageTemplate(source: string): MessageTemplate | { readonly problem: string } {
  const parts: (string | Placeholder)[] = [];
  let literal = '';
  let rest = 0;
  for (let start = source.indexOf('${'); start !== -1; start = source.indexOf('${', rest)) {
    if (source[start - 1] === '$' && start > rest) {
      literal += `${source.slice(rest, start - 1)}\${`;
      rest = start + 2;
      continue;
    }
    const end = source.indexOf('}', start);
    if (end === -1) return { problem: `"${source.slice(start)}" has no closing "}"` };
    const placeholder = parsePlaceholder(source.slice(start + 2, end));
    if ('problem' in placeholder) return placeholder;
    literal += source.slice(rest, start);
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push(placeholder);
    rest = end + 1;
  }
  literal += source.slice(rest);
  if (literal !== '') parts.push(literal);
  return { source, parts };
}

/** Reports whether it reads the payload. */
export function namesField({ parts }: MessageTemplate): boolean {
  return parts.some((part) => typeof part !== 'string' && part.root === 'payload' && part.name !== 'payload');
}

/** Returns the placeholder of a template that consists of exactly one. */
export function soleOf({ parts }: MessageTemplate): Placeholder | undefined {
  const [only] = parts;
  return parts.length === 1 && typeof only === 'object' ? only : undefined;
}

/** @throws RuleFailure if a named value is missing. */
export function renderValue(template: MessageTemplate, edit: MessageEdit): Value {
  const only = soleOf(template);
  return only === undefined ? renderText(template, edit) : present(only, edit);
}

/** @throws RuleFailure if a named value is missing, or is not text, a number or a boolean. */
export function renderText({ parts }: MessageTemplate, edit: MessageEdit): string {
  let text = '';
  for (const part of parts) text += typeof part === 'string' ? part : textOf(part, edit);
  return text;
}

/**
 * Renders a topic. A value stays within its level, because clients choose it; only `${topic}` may contain several.
 *
 * @throws RuleFailure
 */
export function renderTopic({ parts }: MessageTemplate, edit: MessageEdit): string {
  let topic = '';
  for (const part of parts) {
    if (typeof part === 'string') topic += part;
    else {
      const text = textOf(part, edit);
      const unsafe = part.name === 'topic' ? undefined : findUnsafeReason(text, topic === '');
      if (unsafe !== undefined) fail(`set.topic: \${${part.name}} ${unsafe}`);
      topic += text;
    }
  }
  return topic;
}

function present(placeholder: Placeholder, edit: MessageEdit): Value {
  const { name, root, read } = placeholder;
  const value = read(edit);
  if (value === undefined) return fail(`\${${name}} is not there`);
  if (value === '' && Object.hasOwn(plain, root) && name !== 'topic')
    return fail(`\${${name}} is not there: the message does not contain it`);
  return value;
}

function textOf(placeholder: Placeholder, edit: MessageEdit): string {
  const value = present(placeholder, edit);
  if (typeof value === 'string') return value;
  // Another device's topic may contain the number that it was rounded to.
  if (isRounded(value)) return fail(`\${${placeholder.name}} is a number that was rounded`);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  return fail(`\${${placeholder.name}} is not text, a number or a boolean`);
}
