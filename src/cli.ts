#!/usr/bin/env node
/** The command `exhook`. Each subcommand is loaded when it is called. */
import { Command, InvalidArgumentError } from 'commander';
import { flagsHelp, serveHelp } from './commands/serve-help.ts';
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

const serve = program
  .command('serve', { isDefault: true })
  .description('Start the server (default). Same as: node dist/server.js')
  .allowUnknownOption()
  .allowExcessArguments()
  .helpOption(false)
  .action(async (_options, command: Command) => {
    if (command.args.some((arg) => arg === '--help' || arg === '-h')) return terminal.out(serveHelp());
    const [name = '-'] = process.argv.slice(2);
    if (name !== 'serve' && !name.startsWith('-')) return await refuseCommand(name);
    const { main } = await import('./main.ts');
    await main(command.args, process.env);
  });
// Its flags come from the configuration's schema, not from here: `exhook help serve` shows them too.
serve.helpInformation = () => `${serveHelp()}\n`;

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
    () =>
      `\nTakes the flags and environment variables of \`exhook serve\`, for example:\n  exhook hooks --config exhook.yaml\n\n${flagsHelp()}`,
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
  .option('--ca <file>', 'a certificate authority to trust, when the server speaks TLS')
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
  .command('compare')
  .description('Show what a new configuration would decide otherwise, on recorded traffic.')
  .argument('<old>', 'the configuration file that is in force')
  .argument('<new>', 'the configuration file that is to replace it')
  .argument('<recording...>', 'files written by `exhook serve --record FILE`')
  .option('--only <names>', 'compare only some of authenticate, authorize, publish', parseNames)
  .option('--limit <n>', 'how many calls to show of each change', parseCount, 5)
  .option('--changed-only', 'print what would change, and nothing else', false)
  .option('--json', 'print one JSON document, with every call that would change', false)
  .addHelpText(
    'after',
    '\nServices are not asked, and recordings hold no passwords: calls that depend on them are counted as not told.\nExit status: 0 when nothing would change, 1 when something would or may, 2 when nothing could be said.',
  )
  .action(async (before: string, after: string, recordings: string[], options) => {
    const { compareCommand } = await import('./commands/compare.ts');
    process.exitCode = await compareCommand({ before, after, recordings, ...options }, process.env, terminal);
  });

const explain = program
  .command('explain')
  .description('Say which method or rule of a policy decides, which came close, and why not.');

explain
  .command('authorize')
  .description('May this client publish or subscribe to this?')
  .requiredOption('--config <file>', 'the configuration file')
  .option('--clientid <id>', 'the client id')
  .option('--username <name>', 'the user name')
  .option('--peerhost <address>', 'the address of the client', '127.0.0.1')
  .option('--cn <name>', "common name of the client's certificate")
  .option('--dn <name>', "subject of the client's certificate")
  .option('--tag <name[=value]...>', 'tags, in place of those that the users file gives')
  .option('--publish <topic>', 'a topic to publish to')
  .option('--subscribe <filter>', 'a topic filter to subscribe to')
  .addHelpText('after', '\nExit status: 0 when allowed, 1 when not, 2 when nothing could be said.')
  .action(async (options) => {
    const { explainAuthorizeCommand } = await import('./commands/explain.ts');
    process.exitCode = await explainAuthorizeCommand(options, process.env, terminal);
  });

explain
  .command('authenticate')
  .description(
    'May this client log in? The password is asked for without showing it, or read from standard input.',
  )
  .requiredOption('--config <file>', 'the configuration file')
  .option('--clientid <id>', 'the client id')
  .option('--username <name>', 'the user name')
  .option('--peerhost <address>', 'the address of the client', '127.0.0.1')
  .option('--cn <name>', "common name of the client's certificate")
  .option('--dn <name>', "subject of the client's certificate")
  .option('--no-password', 'the client gives no password')
  .addHelpText(
    'after',
    '\nServices that the policy names are asked. Exit status: 0 when admitted, 1 when not, 2 when nothing could be said.',
  )
  .action(async (options) => {
    const { explainAuthenticateCommand } = await import('./commands/explain.ts');
    const read = options.password === false ? async () => '' : await passwordReader();
    process.exitCode = await explainAuthenticateCommand(options, read, process.env, terminal);
  });

explain
  .command('publish')
  .description('What becomes of this message?')
  .requiredOption('--config <file>', 'the configuration file')
  .requiredOption('--topic <topic>', 'the topic it is published to')
  .option('--payload <text>', 'the payload, as text')
  .option('--payload-base64 <text>', 'the payload, in base64')
  .option('--payload-hex <text>', 'the payload, in hexadecimal')
  .option('--payload-file <file>', 'the payload, in a file')
  .option('--qos <level>', 'the QoS', '0')
  .option('--clientid <id>', 'the client id of the sender')
  .option('--username <name>', 'the user name of the sender')
  .option('--peerhost <address>', 'the address of the sender', '127.0.0.1')
  .option('--user-prop <name=value...>', 'user properties')
  .addHelpText(
    'after',
    '\nExit status: 0 when it goes on, changed or not, 1 when it is dropped, 2 when nothing could be said.',
  )
  .action(async (options) => {
    const { explainMessageCommand } = await import('./commands/explain-message.ts');
    process.exitCode = await explainMessageCommand(options, process.env, terminal);
  });

program
  .command('test')
  .description('Run policy tests: clients, what they do, and the verdicts that are expected.')
  .argument('<file...>', 'YAML files; docs/policies.md shows how they look')
  .option('--tap', 'print TAP version 14', false)
  .addHelpText(
    'after',
    '\nExit status: 0 when every verdict is as expected, 1 when one is not, 2 when a file cannot be used.',
  )
  .action(async (files: string[], options) => {
    const { testCommand } = await import('./commands/test.ts');
    process.exitCode = await testCommand(files, options, process.env, terminal);
  });

program
  .command('hash')
  .description(
    'Hash a password for a users file. It is asked for without showing it, or read from standard input.',
  )
  .argument(
    '[form]',
    'argon2id, bcrypt, scrypt, pbkdf2, mosquitto, mosquitto-sha512, emqx-pbkdf2, sha512, sha256, sha1 or md5',
    'argon2id',
  )
  .option('--cost <n>', 'bcrypt: rounds are two to the power of it', parseCount)
  .option('--memory <KiB>', 'argon2id: memory', parseCount)
  .option('--passes <n>', 'argon2id: passes', parseCount)
  .option('--log-n <n>', 'scrypt: N is two to the power of it', parseCount)
  .option('--iterations <n>', 'pbkdf2, mosquitto, emqx-pbkdf2: iterations', parseCount)
  .addHelpText('after', '\nThe defaults cost an attacker enough and a login some tens of milliseconds.')
  .action(async (form: string, { cost, memory, passes, logN, iterations }) => {
    const { hashCommand } = await import('./commands/hash.ts');
    const given = { cost, memoryKiB: memory, passes, logN, iterations };
    const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    process.exitCode = await hashCommand(form, options, await passwordReader(), terminal);
  });

const spool = program
  .command('spool')
  .description('Look after the spool: events that wait on disk for their sinks. docs/spool.md explains it.');

spool
  .command('ls')
  .description('Show what waits: for which sink, how much, since when, and who is delivering it.')
  .requiredOption('--config <file>', 'the configuration file')
  .option('--json', 'print JSON', false)
  .addHelpText('after', '\nExit status: 0, or 2 when the spool cannot be opened.')
  .action(async (options) => {
    const { spoolLsCommand } = await import('./commands/spool.ts');
    process.exitCode = await spoolLsCommand(options, { env: process.env, terminal, now: Date.now });
  });

spool
  .command('drain')
  .description('Deliver what waits, with the sinks of the configuration and without a server.')
  .requiredOption('--config <file>', 'the configuration file')
  .option('--timeout <duration>', 'give up after so long, such as 10m; the rest stays')
  .addHelpText('after', '\nExit status: 0 when the spool is empty, 1 when something is left.')
  .action(async (options) => {
    const { spoolDrainCommand } = await import('./commands/spool-drain.ts');
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
    const world = { env: process.env, terminal, now: Date.now };
    process.exitCode = await spoolDrainCommand(options, world, stop.signal);
  });

spool
  .command('purge')
  .description('Remove what waits, undelivered and for good. Asks first.')
  .argument('[sink]', 'only what waits for this sink')
  .requiredOption('--config <file>', 'the configuration file')
  .option('-y, --yes', 'do not ask', false)
  .option('--force', 'also what a running server is delivering', false)
  .addHelpText('after', '\nExit status: 0 when nothing is left, 1 when nothing was removed.')
  .action(async (sink: string | undefined, options) => {
    const { spoolPurgeCommand } = await import('./commands/spool.ts');
    const { askYesOrNo } = await import('./commands/ask-yes-or-no.ts');
    const world = { env: process.env, terminal, now: Date.now };
    process.exitCode = await spoolPurgeCommand({ sink, ...options }, world, askYesOrNo);
  });

program
  .command('doctor')
  .description("Look at a broker through EMQX's REST API, and say what is wrong with it and what to do.")
  .requiredOption('--emqx <url>', "EMQX's dashboard and REST API, such as http://127.0.0.1:18083")
  .option('--config <file>', 'the configuration of this server, to compare with')
  .option('--name <name>', 'what the broker calls this server')
  .option('--key <key>', 'an API key of EMQX (default: EMQX_API_KEY)')
  .option('--secret <secret>', 'its secret; better: EMQX_API_SECRET')
  .option('--secret-file <file>', 'a file with the secret')
  .option('--ca <file>', 'a certificate authority to trust')
  .option('--json', 'print JSON', false)
  .addHelpText('after', '\nExit status: 0, 1 when there is an error, 2 when the broker could not be asked.')
  .action(async (options) => {
    const { doctorCommand } = await import('./commands/doctor.ts');
    process.exitCode = await doctorCommand(options, process.env, terminal);
  });

program
  .command('emqx-config')
  .description('Print what a broker must be told about this server: for emqx.conf, and as REST calls.')
  .requiredOption('--config <file>', 'the configuration file')
  .option('--url <url>', 'this server as brokers reach it, such as http://10.0.0.5:9000')
  .option('--name <name>', 'what the broker calls this server')
  .option('--emqx <url>', "EMQX's REST API, for the calls that are printed")
  .action(async (options) => {
    const { emqxConfigCommand } = await import('./commands/emqx-config.ts');
    process.exitCode = await emqxConfigCommand(options, process.env, terminal);
  });

program
  .command('register')
  .description("Make a broker know this server, through EMQX's REST API. Changes what differs only.")
  .requiredOption('--config <file>', 'the configuration file')
  .requiredOption('--emqx <url>', "EMQX's dashboard and REST API, such as http://127.0.0.1:18083")
  .requiredOption('--url <url>', 'this server as brokers reach it, such as http://10.0.0.5:9000')
  .option('--name <name>', 'what the broker calls this server')
  .option('--key <key>', 'an API key of EMQX (default: EMQX_API_KEY)')
  .option('--secret <secret>', 'its secret; better: EMQX_API_SECRET')
  .option('--secret-file <file>', 'a file with the secret')
  .option('--ca <file>', 'a certificate authority to trust')
  .option('--reload', 'disable and enable it, so that the broker reads the list of hooks again', false)
  .option('--dry-run', 'say what would be done', false)
  .addHelpText(
    'after',
    '\nExit status: 0, 1 when a node is not connected, 2 when the broker could not be asked.',
  )
  .action(async (options) => {
    const { registerCommand } = await import('./commands/register.ts');
    process.exitCode = await registerCommand(options, process.env, terminal);
  });

program
  .command('version')
  .description('Print the version.')
  .action(() => terminal.out(version));

await program.parseAsync();

/** The server is the default: what is no command arrives there. */
async function refuseCommand(name: string): Promise<void> {
  const { describeUnknownCommand } = await import('./commands/unknown-command.ts');
  const names = program.commands.map((command) => command.name());
  terminal.err(describeUnknownCommand(name, [...names, 'help']));
  process.exitCode = 2;
}

async function passwordReader(): Promise<() => Promise<string | undefined>> {
  const { readPassword } = await import('./commands/password.ts');
  return () => readPassword({ stdin: process.stdin, prompt: (text) => process.stderr.write(text) });
}

function parseNames(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

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
