/** Prints a comparison for people. */

import { messageOf } from '../../inspector/compare/effect.ts';
import type { Comparison, Group, HookSummary, Pair } from '../../inspector/compare/group.ts';
import { describeRegistration, type Registration } from '../../inspector/compare/registration.ts';
import { plural } from '../../lib/plural.ts';
import { printable } from '../../lib/printable.ts';
import { messageDifference } from './message-difference.ts';
import { columns, some } from './text.ts';

export interface PrintOptions {
  /** Most calls shown per group. */
  readonly limit: number;
  /** Show only what would change. */
  readonly isChangedOnly: boolean;
  readonly hasColours: boolean;
  readonly registrations: readonly Registration[];
  /** Whether a line number alone does not identify a call. */
  readonly hasSeveralFiles: boolean;
}

/** Most names of clients and topics shown per group. */
const NAMES = 3;

export function printComparison(comparison: Comparison, options: PrintOptions): string {
  const { changed, untold, hooks } = comparison;
  const paint = painter(options.hasColours);
  const groups = changed.map((group) => formatGroup(group, options, paint));
  if (options.isChangedOnly) return [...groups, conclusion(comparison)].join('\n\n');
  const parts = [
    options.registrations.map((registration) => printable(describeRegistration(registration))).join('\n'),
    table(hooks),
    ...groups,
    ...(untold.length > 0 ? [paint('These may also change: the recording lacks data to tell.', BOLD)] : []),
    ...untold.map((group) => formatGroup(group, options, paint)),
    missing(comparison),
    conclusion(comparison),
    notes(comparison),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function table(hooks: readonly HookSummary[]): string {
  const head = ['', 'calls', 'same', 'changed', 'unknown'];
  const rows = hooks.map(({ hook, calls, same, changed, untold }) =>
    [hook, calls, same, changed, untold].map(String),
  );
  return columns([head, ...rows], [1, 2, 3, 4]).join('\n');
}

type Paint = (text: string, style: string) => string;

const BOLD = '\x1b[1m';
const GREEN = '\x1b[32m';
const RED = '\x1b[31m';
const YELLOW = '\x1b[33m';
const RESET = '\x1b[0m';

function painter(hasColours: boolean): Paint {
  return hasColours ? (text, style) => `${style}${text}${RESET}` : (text) => text;
}

function styleOf(effect: string): string {
  if (/^(allow|unchanged) /.test(effect)) return GREEN;
  return /^(deny|dropped|fails) /.test(effect) ? RED : YELLOW;
}

function formatGroup(group: Group, { limit, hasSeveralFiles }: PrintOptions, paint: Paint): string {
  const { hook, calls, clients, topics } = group;
  const [before, after] = [group.before, group.after].map((effect) =>
    paint(printable(effect), styleOf(effect)),
  );
  const shown = calls.slice(0, limit);
  const rows = columns(shown.map((pair) => rowOf(pair, hasSeveralFiles)));
  return [
    `${paint(hook, BOLD)}  ${before} -> ${after}`,
    `  ${plural(calls.length, 'call')}, ${plural(clients.length, 'client')}: ${some(clients, NAMES)}`,
    ...(topics.length > 0 ? [`  ${plural(topics.length, 'topic')}: ${some(topics, NAMES)}`] : []),
    ...shown.flatMap((pair, i) => [`    ${rows[i]}`, ...details(pair).map((line) => `      ${line}`)]),
    ...(calls.length > shown.length ? [`    and ${calls.length - shown.length} more`] : []),
  ].join('\n');
}

function rowOf({ subject }: Pair, hasSeveralFiles: boolean): string[] {
  const { call, clientid, action, topic } = subject;
  const place = hasSeveralFiles ? `${call.file}:${call.line}` : `line ${call.line}`;
  return [place, clientid || '(none)', action, ...(topic === undefined ? [] : [topic])].map(printable);
}

/** Describes the outcome of a message, with the reason where the rule alone does not tell. */
function details({ subject, before, after }: Pair): string[] {
  const lines: string[] = [];
  if (subject.message !== undefined && after.kind !== 'dropped' && before.kind !== 'dropped')
    lines.push(
      ...messageDifference(messageOf(before) ?? subject.message, messageOf(after) ?? subject.message),
    );
  for (const [name, effect] of Object.entries({ before, after }))
    if ('reason' in effect && effect.reason !== undefined) lines.push(`${name}: ${printable(effect.reason)}`);
  return lines;
}

function missing({ unrecorded }: Comparison): string {
  return unrecorded
    .map(
      (hook) =>
        `The recording has no calls of ${hook}, which brokers would newly call: its effect is unknown.`,
    )
    .join('\n');
}

function conclusion({ hooks, changed, unrecorded }: Comparison): string {
  const count = sum(hooks, 'changed');
  const untold = sum(hooks, 'untold');
  const may = untold === 0 ? '' : ` ${plural(untold, 'call')} may change: the recording lacks data to tell.`;
  if (count === 0)
    return (
      may.trim() || (unrecorded.length === 0 ? 'Nothing would change.' : 'No recorded call would change.')
    );
  const ways = changed.length === 1 ? 'in one way' : `in ${changed.length} ways`;
  return `${plural(count, 'call')} would change, ${ways}.${may}`;
}

/** Explains the numbers. */
function notes({ hooks, changed }: Comparison): string {
  const other = sum(hooks, 'byAnotherRule');
  const alike = sum(hooks, 'untoldAlike');
  const granted = changed.flatMap(({ calls }) => calls).filter(({ dependsOnGrants }) => dependsOnGrants);
  return [
    ...(other > 0 ? [`Among the unchanged: ${plural(other, 'call')} that another rule would decide.`] : []),
    ...(alike > 0
      ? [`Among the unchanged: ${plural(alike, 'call')} for which both files need the same unrecorded data.`]
      : []),
    ...(granted.length > 0
      ? [
          `Among the changed: ${plural(granted.length, 'call')} that unrecorded grants of the login may decide.`,
        ]
      : []),
  ].join('\n');
}

function sum(
  hooks: readonly HookSummary[],
  field: 'changed' | 'untold' | 'byAnotherRule' | 'untoldAlike',
): number {
  return hooks.reduce((total, summary) => total + summary[field], 0);
}
