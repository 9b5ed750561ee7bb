/**
 * Templates of message rules: texts with placeholders such as `${clientid}` or `${payload.site.id}`. A template
 * that is one placeholder and nothing else gives the value itself, so that a number stays a number.
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
  /** As it was written, without `${}`. */
  readonly name: string;
  readonly root: string;
  readonly read: (edit: MessageEdit) => Value | undefined;
}

export interface MessageTemplate {
  readonly source: string;
  /** Literal texts and placeholders; neighbouring literals are one part. */
  readonly parts: readonly (string | Placeholder)[];
}

/** The placeholders there are, as messages and documentation list them. */
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

/** What stands alone. Nothing is there when it is `''`: the message does not say it. */
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

/** A name may come more than once: the first counts. One that is not found may have stood behind the limit. */
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
  return { problem: `unknown placeholder "\${${name}}": there are ${messagePlaceholders.join(', ')}` };
}

/** Compiles a text, or says what is wrong with its placeholders. `$${` is `${` itself. */
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

/** Does it look into the payload? */
export function namesField({ parts }: MessageTemplate): boolean {
  return parts.some((part) => typeof part !== 'string' && part.root === 'payload' && part.name !== 'payload');
}

/** The one placeholder that the template is, if it is. */
export function soleOf({ parts }: MessageTemplate): Placeholder | undefined {
  const [only] = parts;
  return parts.length === 1 && typeof only === 'object' ? only : undefined;
}

/** @throws RuleFailure when something that it names is not there. */
export function renderValue(template: MessageTemplate, edit: MessageEdit): Value {
  const only = soleOf(template);
  return only === undefined ? renderText(template, edit) : present(only, edit);
}

/** @throws RuleFailure when something that it names is not there, or is no text, number or yes or no. */
export function renderText({ parts }: MessageTemplate, edit: MessageEdit): string {
  let text = '';
  for (const part of parts) text += typeof part === 'string' ? part : textOf(part, edit);
  return text;
}

/**
 * A topic: a value stays inside its level, since clients choose it. `${topic}` alone may bring several.
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
    return fail(`\${${name}} is not there: the message does not say it`);
  return value;
}

function textOf(placeholder: Placeholder, edit: MessageEdit): string {
  const value = present(placeholder, edit);
  if (typeof value === 'string') return value;
  // A topic of another device may have the number that it was rounded to.
  if (isRounded(value)) return fail(`\${${placeholder.name}} is a number whose digits are not all known`);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  return fail(`\${${placeholder.name}} is no text, number or true or false`);
}
