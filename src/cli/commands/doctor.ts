/** `exhook doctor`: checks a broker through its REST API, and reports problems with their remedy. */

import { load } from '../../app/load.ts';
import type { Environment } from '../../config/variables.ts';
import { fetchBrokerFacts } from '../../emqx/broker-facts.ts';
import { diagnose } from '../../emqx/checks/index.ts';
import type { Finding } from '../../emqx/finding.ts';
import { fetchOwnView } from '../../emqx/own-calls.ts';
import { type OwnFacts, ownFacts } from '../../emqx/own-facts.ts';
import { plural } from '../../lib/plural.ts';
import { printable, printableJson, printableLines } from '../../lib/printable.ts';
import { type EmqxAccess, withEmqx } from './emqx-access.ts';
import type { Terminal } from './terminal.ts';

export interface DoctorOptions extends EmqxAccess {
  readonly config?: string | undefined;
  /** Name of this server in the broker. */
  readonly name?: string | undefined;
  readonly json?: boolean;
}

/** @returns the exit status: 1 if there is an error, 2 if the broker could not be reached. */
export async function doctorCommand(
  options: DoctorOptions,
  env: Environment,
  terminal: Terminal,
): Promise<number> {
  const own = await readOwnFacts(options.config, env, terminal);
  if (own === 'bad') return 2;
  return await withEmqx(options, env, terminal, async (client) => {
    const broker = await fetchBrokerFacts(client, options.name);
    const findings = diagnose({ broker, own, ...(await fetchOwnView(own?.admin, env)) });
    if (options.json) terminal.out(printableJson(JSON.stringify({ findings })));
    else print(findings, terminal);
    return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
  });
}

/** Returns `bad` when the configuration has problems, which have been printed. */
export async function readOwnFacts(
  file: string | undefined,
  env: Environment,
  terminal: Pick<Terminal, 'err'>,
): Promise<OwnFacts | undefined | 'bad'> {
  if (file === undefined) return undefined;
  const loaded = await load(['--config', file], env);
  if ('problems' in loaded) {
    for (const problem of loaded.problems) terminal.err(problem);
    return 'bad';
  }
  return ownFacts(
    loaded.config,
    loaded.custom.hooks.map(({ name }) => name),
  );
}

const labels = { error: 'ERROR', warning: 'WARNING', note: 'note' } as const;

function print(findings: readonly Finding[], terminal: Pick<Terminal, 'out'>): void {
  for (const { severity, id, what, why, fix } of findings) {
    terminal.out(`${labels[severity]}  ${printable(what)}  [${id}]`);
    terminal.out(`    why: ${printable(why)}`);
    if (fix !== '') terminal.out(`    fix: ${printableLines(fix)}`);
    terminal.out('');
  }
  const count = (severity: Finding['severity']) => findings.filter((one) => one.severity === severity).length;
  const [errors, warnings] = [count('error'), count('warning')];
  terminal.out(
    errors + warnings === 0
      ? 'Nothing is wrong.'
      : `${plural(errors, 'error')}, ${plural(warnings, 'warning')}. docs/doctor.md explains each.`,
  );
}
