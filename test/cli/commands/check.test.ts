import { describe, expect, it } from 'vitest';
import { checkCommand } from '../../../src/cli/commands/check.ts';
import { aFile, aTerminal } from './fake-terminal.ts';

describe('exhook check', () => {
  it.each([
    ['{}', 17, '17 hooks'],
    ['hooks: { register: [client.connected] }', 1, '1 hook'],
    ['hooks: { register: [] }', 0, '0 hooks'],
  ])('of %s says that it is good, and counts hooks', async (text, _count, words) => {
    const terminal = aTerminal();
    const path = aFile('exhook.yaml', text);
    expect(await checkCommand(path, {}, terminal)).toBe(0);
    expect(terminal.complained).toStrictEqual([]);
    expect(terminal.printed).toStrictEqual([
      `${path} is valid: ${words} would be registered (exhook hooks --config ${path} lists them).`,
    ]);
  });

  it('prints every problem, and how many there are', async () => {
    const terminal = aTerminal();
    const path = aFile('exhook.yaml', 'workers: 0\nlimits: { inFlight: none }\n');
    expect(await checkCommand(path, {}, terminal)).toBe(2);
    expect(terminal.printed).toStrictEqual([]);
    expect(terminal.complained).toStrictEqual([
      expect.stringMatching(/exhook\.yaml:1:10 workers: /),
      expect.stringMatching(/exhook\.yaml:2:21 limits\.inFlight: /),
      '\n2 problems.',
    ]);
  });

  it('counts a single problem as one', async () => {
    const terminal = aTerminal();
    expect(await checkCommand('/nowhere.yaml', {}, terminal)).toBe(2);
    expect(terminal.complained.at(-1)).toBe('\n1 problem.');
  });

  it('reports errors in a module of hooks', async () => {
    const terminal = aTerminal();
    expect(await checkCommand(aFile('exhook.yaml', 'hooks: { custom: ./absent.mjs }'), {}, terminal)).toBe(2);
    expect(terminal.complained[0]).toMatch(/^\.\/absent\.mjs: /);
  });

  it('warns once of each schema whose keywords check nothing', async () => {
    const terminal = aTerminal();
    const schema = { units: 'C', properties: { a: { minimun: 1, format: 'colour', 'x-note': 1 } } };
    const rule = { topics: 'a', decode: 'json', require: { schema } };
    const path = aFile('exhook.yaml', JSON.stringify({ publish: { rules: [rule, rule] } }));
    expect(await checkCommand(path, {}, terminal)).toBe(0);
    expect(terminal.complained).toStrictEqual([
      'warning: publish.rules[0].require.schema: unknown keywords check nothing: "units", "minimun"; unknown formats check nothing: "colour"',
    ]);
  });

  it('warns of a condition that one item of a list can turn off, where the rule may drop', async () => {
    const terminal = aTerminal();
    const when = 'payload.readings.filter(r, r.v > 5).size() > 0';
    const rule = { topics: 'a', decode: 'json', when };
    const rules = [
      { ...rule, drop: true },
      { ...rule, require: { qos: 1 } },
      { ...rule, set: { qos: 0 } },
      { ...rule, when: when.replace('r.v', 'has(r.v) && r.v'), drop: true },
    ];
    const path = aFile('exhook.yaml', JSON.stringify({ publish: { rules } }));
    expect(await checkCommand(path, {}, terminal)).toBe(0);
    const warning =
      'one item without r.v disables the rule, and publishers can add one; write has(r.v) && before it';
    expect(terminal.complained).toStrictEqual([
      `warning: publish.rules[0].when: ${warning}`,
      `warning: publish.rules[1].when: ${warning}`,
    ]);
  });

  it('counts the environment, as the server would', async () => {
    const terminal = aTerminal();
    expect(await checkCommand(aFile('exhook.yaml', '{}'), { PORT: 'x' }, terminal)).toBe(2);
    expect(terminal.complained[0]).toMatch(/^environment variable PORT: /);
  });

  it('reports errors in the files of a policy, with their line', async () => {
    const terminal = aTerminal();
    const text =
      'authorize:\n  rules: []\n  grants:\n    redis: { url: "redis://h", password: { env: NONE } }\n';
    expect(await checkCommand(aFile('exhook.yaml', text), {}, terminal)).toBe(2);
    expect(terminal.complained).toStrictEqual([
      expect.stringMatching(
        /exhook\.yaml:4:5 authorize\.grants\.redis: environment variable NONE is not set$/,
      ),
      '\n1 problem.',
    ]);
    // Nobody is asked.
    expect(await checkCommand(aFile('exhook.yaml', text), { NONE: 'x' }, aTerminal())).toBe(0);
  });

  it('warns of a variable that is misspelt, and calls the file good', async () => {
    const terminal = aTerminal();
    const env = { EXHOOK_EVENTS_STDUOT: 'off' };
    expect(await checkCommand(aFile('exhook.yaml', '{}'), env, terminal)).toBe(0);
    expect(terminal.complained).toStrictEqual([expect.stringMatching(/did you mean EXHOOK_EVENTS_STDOUT\?/)]);
  });

  it.each([
    [
      'authenticate: { iKnowThisAllowsEveryone: true, methods: [{ anonymous: {} }] }',
      'authenticate.methods[0].anonymous',
    ],
    [
      'authenticate: { methods: [{ certificate: { commonName: clientid } }] }',
      'authenticate.methods[0].certificate',
    ],
  ])('notes that clients without a password may meet a guard of the broker: %s', async (text, culprit) => {
    const terminal = aTerminal();
    expect(await checkCommand(aFile('exhook.yaml', text), {}, terminal)).toBe(0);
    expect(terminal.complained.join('\n')).toContain(`note: ${culprit} may admit clients without a password`);
  });
});
