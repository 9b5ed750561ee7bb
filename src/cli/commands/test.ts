/** `exhook test FILE...`: policy tests, for people and for CI. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { formatProblem } from '../../config/problem.ts';
import type { Environment } from '../../config/variables.ts';
import type { OpenPolicy } from '../../lookup/open-policy.ts';
import { labelOf } from '../../policy/topics/rule.ts';
import { openPolicyFor } from './policy.ts';
import type { Terminal } from './terminal.ts';
import { parseTestFile } from './test-file.ts';
import { type Fact, runTest } from './test-run.ts';

export interface TestOptions {
  /** Print TAP version 14. */
  readonly tap: boolean;
}

interface FileRun {
  readonly facts: readonly Fact[];
  readonly coverage: readonly Coverage[];
}

/** Labels of all rules of a kind, and of those that were used. */
interface Coverage {
  /** The end of a sentence: `3 of 4 rules decided something`. */
  readonly what: string;
  readonly rules: readonly string[];
  readonly hit: ReadonlySet<string>;
}

/** @returns the exit status: 1 if a fact is not as expected, 2 if a file cannot be used. */
export async function testCommand(
  files: readonly string[],
  { tap }: TestOptions,
  env: Environment,
  terminal: Terminal,
): Promise<number> {
  const runs: FileRun[] = [];
  for (const file of files) {
    const run = await runFile(file, env, terminal);
    if (run === undefined) return 2;
    runs.push(run);
  }
  const facts = runs.flatMap((run) => run.facts);
  if (tap) printTap(facts, terminal);
  else for (const fact of facts) terminal.out(formatFact(fact));
  const failed = facts.filter(({ isGood }) => !isGood).length;
  const summary = [
    `${facts.length} facts, ${failed === 0 ? 'all as expected' : `${failed} not as expected`}.`,
  ];
  for (const [i, { coverage }] of runs.entries()) {
    for (const each of coverage) summary.push(`${files[i]}: ${describeCoverage(each)}`);
  }
  for (const line of summary) terminal.out(tap ? `# ${line}` : line);
  return failed === 0 ? 0 : 1;
}

async function runFile(file: string, env: Environment, terminal: Terminal): Promise<FileRun | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (text instanceof Error) {
    terminal.err(`${file}: cannot be read (${text.code ?? 'unknown error'})`);
    return undefined;
  }
  const parsed = parseTestFile(text, file);
  if ('problems' in parsed) {
    for (const problem of parsed.problems) terminal.err(formatProblem(problem));
    return undefined;
  }
  const now = parsed.now === undefined ? Date.now : () => Date.parse(parsed.now ?? '');
  const opened = await openPolicyFor(resolve(dirname(file), parsed.config), env, terminal, now);
  if (opened === undefined) return undefined;
  const { policy } = opened;
  try {
    const facts: Fact[] = [];
    for (const test of parsed.tests) facts.push(...(await runTest(test, policy, file, parsed.emqx)));
    return { facts, coverage: coverageOf(policy, facts) };
  } catch (error) {
    terminal.err(`${file}: ${error instanceof Error ? error.message : 'failed'}`);
    return undefined;
  } finally {
    policy.close();
  }
}

function coverageOf({ rules, policies: { publish } }: OpenPolicy, facts: readonly Fact[]): Coverage[] {
  const decided = {
    what: 'rules decided something',
    rules: rules.map(labelOf),
    hit: new Set(facts.map(({ got }) => got.by)),
  };
  if (publish === undefined) return [decided];
  const applied = {
    what: 'message rules applied',
    rules: publish.rules.map(({ label }) => label),
    hit: new Set(facts.flatMap((fact) => fact.rules ?? [])),
  };
  return rules.length === 0 ? [applied] : [decided, applied];
}

function describeCoverage({ what, rules, hit }: Coverage): string {
  const never = rules.filter((label) => !hit.has(label));
  const which = never.length === 0 ? '' : `; never: ${never.join(', ')}`;
  return `${rules.length - never.length} of ${rules.length} ${what}${which}.`;
}

function formatFact({ name, expected, got, isGood, details = [] }: Fact): string {
  if (isGood) return `ok    ${name}: ${got.verdict}, by ${got.by}`;
  return [
    `FAIL  ${name}`,
    `      - expected ${describe(expected)}`,
    `      + got      ${describe(got)} (${got.reason})`,
    ...details.map((line) => `        ${line}`),
  ].join('\n');
}

function describe({ verdict, by }: { verdict: string; by?: string | undefined }): string {
  return by === undefined ? verdict : `${verdict}, by ${by}`;
}

function printTap(facts: readonly Fact[], terminal: Terminal): void {
  terminal.out('TAP version 14');
  terminal.out(`1..${facts.length}`);
  for (const [i, { name, expected, got, isGood, details = [] }] of facts.entries()) {
    terminal.out(`${isGood ? 'ok' : 'not ok'} ${i + 1} - ${name.replaceAll('#', '\\#')}`);
    if (isGood) continue;
    const lines = [
      `expected: ${JSON.stringify(describe(expected))}`,
      `actual: ${JSON.stringify(describe(got))}`,
      ...(details.length === 0 ? [] : [`differences: ${JSON.stringify(details)}`]),
    ];
    terminal.out(
      ['  ---', ...lines.map((line) => `  ${line}`), `  reason: ${JSON.stringify(got.reason)}`, '  ...'].join(
        '\n',
      ),
    );
  }
}
