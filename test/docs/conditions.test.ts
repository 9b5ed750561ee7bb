/** Asks the examples of docs/conditions.md: each line holds for the input before its block. */
import { describe, expect, it } from 'vitest';
import { openConditions } from '../../src/payload/conditions/open.ts';
import type { Variables } from '../../src/policy/condition.ts';
import { type ActionInput, actionVariables, eventVariables } from '../../src/policy/condition-variables.ts';
import type { MessageEdit, View } from '../../src/policy/messages/message-edit.ts';
import { senderOf, startEdit } from '../../src/policy/messages/message-edit.ts';
import { messageVariables } from '../../src/policy/messages/variables.ts';
import { publishInput } from '../support/messages.ts';
import { readSource } from '../support/source.ts';
import { blocksOf } from './pages.ts';

const compile = await openConditions();
const blocks = blocksOf('docs/conditions.md').filter(({ kind }) => kind !== '');

type Given = Record<'action' | 'topic' | 'clientid' | 'payload', never>;

function inputOf(kind: string, given: Given): ActionInput | MessageEdit {
  if (kind === 'action') {
    const { action, topic, ...subject } = given;
    return { action, topic, subject: { peerhost: '', ...subject } as never };
  }
  const { clientid, topic, payload } = given;
  const input = publishInput({ topic, from: clientid, payload });
  const view: View = { value: payload, chain: [], isChanged: false };
  return { ...startEdit(input, senderOf(input)), view };
}

describe.each(blocks)('the examples for $kind', ({ kind, name, text }) => {
  it.each(text.trim().split('\n'))('%s', (source) => {
    const variables = (kind === 'action' ? actionVariables : messageVariables) as Variables<unknown>;
    const condition = compile(source, variables);
    expect(condition).not.toHaveProperty('problem');
    if ('test' in condition) expect(condition.test(inputOf(kind, JSON.parse(name)))).toBe(true);
  });
});

describe('docs/conditions.md', () => {
  const page = readSource('docs/conditions.md');

  it.each([
    ['Authorization rules', actionVariables],
    ['Message rules', messageVariables],
    ['Event routes', eventVariables],
  ] as const)('names every variable of %s, and no other', (title, variables) => {
    const [, section = ''] = page.split(`### ${title}\n`);
    const [table = ''] = section.split(/\n(?:#|<!--|The )/);
    const rows = table.split('\n').filter((line) => line.startsWith('| `'));
    const named = rows.flatMap((row) =>
      [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, word]) => word),
    );
    expect(named.toSorted()).toStrictEqual(Object.keys(variables).toSorted());
  });
});
