#!/usr/bin/env node
/** The command `exhook`. Each subcommand is loaded when it is called. */
import { Command, InvalidArgumentError } from 'commander';
import { serveHelp } from './commands/serve-help.ts';
import { createTerminal } from './commands/terminal.ts';
import { version } from './version.ts';

const terminal = createTerminal(process.stdout, process.stderr);
const program = new Command('exhook')
  .description(
    'The ExHook server for EMQX: authenticates, authorizes, transforms and bridges MQTT traffic over gRPC.',
  )
  .version(version, '-v, --version', 'Print the version.')
  .helpOption('-h, --help', 'Show help.')
  .showHelpAfterError('(exhook --help shows how)')
  .enablePositionalOptions();

program
  .command('serve', { isDefault: true })
  .description('Start the server (default). Same as: node dist/server.js')
  .allowUnknownOption()
  .allowExcessArguments()
  .helpOption(false)
  .action(async (_options, command: Command) => {
    if (command.args.some((arg) => arg === '--help' || arg === '-h')) return terminal.out(serveHelp());
    const { main } = await import('./main.ts');
    await main(command.args, process.env);
  });

program
  .command('check')
  .description(
    'Check a configuration file and print every problem with line, path and what to write instead.',
  )
  .argument('<file>', 'the YAML file')
  .addHelpText(
    'after',
    '\nExit status: 0 when the file is good, 2 when it is not.\nEnvironment variables count as they would for `exhook serve`.',
  )
  .action(async (file: string) => {
    const { checkCommand } = await import('./commands/check.ts');
    process.exitCode = await checkCommand(file, process.env, terminal);
  });

program
  .command('hooks')
  .description('Show which hooks brokers will be asked to call, with which topics, and why.')
  .allowUnknownOption()
  .allowExcessArguments()
  .usage('[flags of serve]')
  .addHelpText(
    'after',
    '\nTakes the flags and environment variables of `exhook serve`, for example:\n  exhook hooks --config exhook.yaml',
  )
  .action(async (_options, command: Command) => {
    const { hooksCommand } = await import('./commands/hooks.ts');
    process.exitCode = await hooksCommand(command.args, process.env, terminal);
  });

program
  .command('replay')
  .description('Send recorded calls to a server as a broker does, and print each reply and a summary.')
  .argument('<recording...>', 'files written by `exhook serve --record FILE`')
  .option('--url <url>', 'the server to call', parseUrl, 'http://127.0.0.1:9000')
  .option('--connections <n>', 'how many connections to use; EMQX uses 8', parseCount, 8)
  .option(
    '--speed <x>',
    'pace: 1 as recorded, 2 twice as fast, max without waiting',
    parseSpeed,
    Number.POSITIVE_INFINITY,
  )
  .option('--loop <n>', 'send the recordings so many times', parseCount, 1)
  .option('--summary', 'print the summary only', false)
  .addHelpText(
    'after',
    '\nExit status: 0 when every call was answered, 1 when one failed, 2 when nothing could be sent.',
  )
  .action(async (recordings: string[], options) => {
    const { replayCommand } = await import('./commands/replay.ts');
    process.exitCode = await replayCommand({ recordings, ...options }, terminal);
  });

program
  .command('version')
  .description('Print the version.')
  .action(() => terminal.out(version));

await program.parseAsync();

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('Write a whole number from 1.');
  return count;
}

function parseSpeed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const speed = Number(text);
  if (!(speed > 0)) throw new InvalidArgumentError('Write a number above 0, or max.');
  return speed;
}

function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new InvalidArgumentError('Write a URL such as http://127.0.0.1:9000.');
  }
  return url.origin;
}
