/** The compiled steps of a rule that test and change a message. */
import { listOf, type OneOrMore } from '../topics/rule.ts';
import { CheckFailure, fail } from './failure.ts';
import { type MessageEdit, type View, withPayload } from './message-edit.ts';
import { type Path, parsePath, removePath, writePath } from './path.ts';
import type { Qos, Require, SetSection } from './rule.ts';
import {
  type MessageTemplate,
  parseMessageTemplate,
  renderText,
  renderTopic,
  renderValue,
  soleOf,
} from './template.ts';
import { findPublishTopicProblem } from './topic.ts';
import type { CheckWork, Value, ValueCheck } from './value.ts';

/** Returns why a message does not meet the requirements, or `undefined` if it does. */
export type Requirement = (edit: MessageEdit) => string | undefined;

/**
 * Makes the next edit. Templates see the message as it was before the changes of the rule, so the order of the changes
 * does not matter.
 *
 * @throws RuleFailure
 */
export type Change = (edit: MessageEdit, seen: MessageEdit) => MessageEdit;

/** Checks that do not need the decoded payload. */
export function compileEnvelope({ payload, qos }: Require): Requirement {
  const { minBytes = 0, maxBytes = Number.POSITIVE_INFINITY } = payload ?? {};
  const levels = qos === undefined ? undefined : (listOf(qos) as readonly number[]);
  return (edit) => {
    const { length } = edit.payload;
    if (length > maxBytes) return `the payload is larger than ${maxBytes} bytes`;
    if (length < minBytes) return `the payload is smaller than ${minBytes} bytes`;
    if (levels !== undefined && !levels.includes(edit.qos)) return `the QoS is not ${levels.join(' or ')}`;
    return undefined;
  };
}

/** @throws CheckFailure if the check of the schema is undecided. */
export function compileSchemaCheck(check: ValueCheck): Requirement {
  return ({ view, work }) => {
    if (view === undefined) throw new CheckFailure('require.schema: no rule decoded the payload');
    const problem = decided(check, view, work);
    return problem === undefined ? undefined : `the payload does not meet the schema: ${problem}`;
  };
}

function decided(check: ValueCheck, { value, chain, isChanged }: View, work: CheckWork): string | undefined {
  try {
    return check(value, work, isChanged || chain.at(-1)?.name !== 'json');
  } catch (error) {
    const why = error instanceof Error && error.name === 'Undecided' ? error.message : 'the check failed';
    throw new CheckFailure(`require.schema: cannot be checked: ${why}`);
  }
}

/** Compiles the changes of a `set`, in order. @throws TypeError for an invalid template. */
export function compileChanges({ topic, qos, payload, remove }: SetSection): readonly Change[] {
  const changes: Change[] = [];
  if (remove !== undefined) changes.push(removeFields(remove));
  if (typeof payload === 'string') changes.push(setPayload(templateOf(payload)));
  else if (payload !== undefined) changes.push(setFields(payload));
  if (topic !== undefined) changes.push(setTopic(templateOf(topic)));
  if (qos !== undefined) changes.push(setQos(qos));
  return changes;
}

function removeFields(sources: OneOrMore<string>): Change {
  const paths = listOf(sources).map(pathOf);
  return (edit) => {
    const before = viewOf(edit, 'remove').value;
    let value = before;
    const copies = new Set<object>();
    for (const path of paths) value = removePath(value, path, copies);
    return value === before ? edit : withValue(edit, value);
  };
}

function setFields(fields: Readonly<Record<string, unknown>>): Change {
  const produced = Object.entries(fields).map(([path, value]) => [pathOf(path), producer(value)] as const);
  return (edit, seen) => {
    let { value } = viewOf(edit, 'set.payload');
    const copies = produced.length > 1 ? new Set<object>() : undefined;
    for (const [path, produce] of produced) value = writePath(value, path, produce(seen), copies);
    return withValue(edit, value);
  };
}

const encoder = new TextEncoder();

/** A single placeholder of the payload gives a value. Anything else gives a text, which becomes the payload. */
function setPayload(template: MessageTemplate): Change {
  const only = soleOf(template);
  return (edit, seen) => {
    const value = only?.root === 'payload' ? renderValue(template, seen) : renderText(template, seen);
    if (value instanceof Uint8Array) return { ...edit, payload: value, view: undefined };
    if (only?.root === 'payload' && edit.view !== undefined) return withValue(edit, value);
    return { ...edit, payload: encoder.encode(String(value)), view: undefined };
  };
}

function setTopic(template: MessageTemplate): Change {
  const [first] = template.parts;
  const mayBeginWithDollar = typeof first === 'string' && first.startsWith('$');
  return (edit, seen) => {
    const topic = renderTopic(template, seen);
    if (topic === edit.input.message.topic) return { ...edit, topic };
    const problem = findPublishTopicProblem(topic, mayBeginWithDollar);
    return problem === undefined ? { ...edit, topic } : fail(`set.topic: the new topic ${problem}`);
  };
}

function setQos(qos: Qos | string): Change {
  if (typeof qos === 'number') return (edit) => ({ ...edit, qos });
  const template = templateOf(qos);
  return (edit, seen) => {
    const level = Number(renderText(template, seen));
    return [0, 1, 2].includes(level) ? { ...edit, qos: level } : fail('set.qos: is not 0, 1 or 2');
  };
}

/** Texts are templates, also inside lists and objects. */
function producer(value: unknown): (edit: MessageEdit) => Value {
  if (typeof value === 'string') {
    const template = templateOf(value);
    return (edit) => renderValue(template, edit);
  }
  if (Array.isArray(value)) {
    const items = value.map(producer);
    return (edit) => items.map((produce) => produce(edit));
  }
  if (typeof value !== 'object' || value === null) return () => value as Value;
  const fields = Object.entries(value).map(([key, field]) => [key, producer(field)] as const);
  return (edit) => Object.fromEntries(fields.map(([key, produce]) => [key, produce(edit)]));
}

function viewOf({ view }: MessageEdit, what: string) {
  return view ?? fail(`${what}: no rule decoded the payload`);
}

function withValue(edit: MessageEdit, value: Value): MessageEdit {
  const { chain, rewrite } = viewOf(edit, 'set.payload');
  return withPayload(edit, edit.payload, { value, chain, isChanged: true, rewrite });
}

function templateOf(source: string): MessageTemplate {
  const template = parseMessageTemplate(source);
  if ('problem' in template) throw new TypeError(template.problem);
  return template;
}

function pathOf(source: string): Path {
  const path = parsePath(source);
  if ('problem' in path) throw new TypeError(path.problem);
  return path;
}
