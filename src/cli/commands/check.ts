import { load } from '../../app/load.ts';
import type { Environment } from '../../config/variables.ts';
import { ownFacts } from '../../emqx/own-facts.ts';
import { plural } from '../../lib/plural.ts';
import type { Terminal } from './terminal.ts';

/** `exhook check FILE`. @returns the exit status: 2 if there is a problem. */
export async function checkCommand(file: string, env: Environment, terminal: Terminal): Promise<number> {
  const loaded = await load(['--config', file], env);
  if ('problems' in loaded) {
    for (const problem of loaded.problems) terminal.err(problem);
    terminal.err(`\n${plural(loaded.problems.length, 'problem')}.`);
    return 2;
  }
  for (const warning of loaded.warnings) terminal.err(warning);
  const { authenticate, authorize, publish } = loaded.config;
  if ([authenticate, authorize, publish].some((policy) => policy !== undefined)) {
    const { openDry } = await import('./policy.ts');
    const { checkGrantStore } = await import('../../lookup/grants/open.ts');
    try {
      await checkGrantStore(authorize?.grants, env);
      const policy = await openDry(loaded.config, env, terminal);
      for (const warning of policy.warnings) terminal.err(`warning: ${warning}`);
      policy.close();
    } catch (error) {
      const problems = await loaded.place((error as Error).message.split('\n'));
      for (const problem of problems) terminal.err(problem);
      terminal.err(`\n${plural(problems.length, 'problem')}.`);
      return 2;
    }
  }
  const { admitsWithoutPassword, hooks } = ownFacts(
    loaded.config,
    loaded.custom.hooks.map(({ name }) => name),
  );
  if (admitsWithoutPassword !== undefined)
    terminal.err(
      `note: ${admitsWithoutPassword} may admit clients without a password. A built-in database of the broker refuses these before it calls this server, unless it has a precondition (EMQX 5.9 and later): docs/broker-setup.md, "Letting this server decide"`,
    );
  if (publish !== undefined && publish.at !== 'publish')
    terminal.err(
      `note: publish.at is ${publish.at}: brokers before EMQX 6.3.0 have no message.ingress, and judge at message.publish, after a message was authorized, retained and processed by rules; a message dropped there is still acknowledged. exhook doctor lists those nodes`,
    );
  terminal.out(
    `${file} is valid: ${plural(hooks.length, 'hook')} would be registered (exhook hooks --config ${file} lists them).`,
  );
  return 0;
}
