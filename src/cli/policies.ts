/** `exhook explain`, `exhook test` and `exhook hash`: try policies before they are in force. */
import type { Command } from 'commander';
import { parseCount } from './arguments.ts';
import type { Terminal } from './commands/terminal.ts';

export function addPolicyCommands(program: Command, terminal: Terminal): void {
  const explain = program
    .command('explain')
    .description('Show which method or rule of a policy decides, which nearly matched, and why not.');

  withClientOptions(explain.command('authorize'))
    .description('Show whether a client may publish to a topic or subscribe to a filter.')
    .option('--tag <name[=value]...>', 'tags, instead of those in the users file')
    .option('--publish <topic>', 'a topic to publish to')
    .option('--subscribe <filter>', 'a topic filter to subscribe to')
    .option(
      '--emqx <release>',
      'the release of the broker, such as 6.1.1, which decides what prefixes such as $queue/ mean',
    )
    .addHelpText('after', '\nExit status: 0 if allowed, 1 if not, 2 if it could not be decided.')
    .action(async (options) => {
      const { explainAuthorizeCommand } = await import('./commands/explain.ts');
      process.exitCode = await explainAuthorizeCommand(options, process.env, terminal);
    });

  withClientOptions(explain.command('authenticate'))
    .description(
      'Show whether a client may log in. The password is read from the terminal without echo, or from standard input.',
    )
    .option('--no-password', 'the client sends no password')
    .addHelpText(
      'after',
      '\nCalls the services that the policy names. Exit status: 0 if admitted, 1 if not, 2 if it could not be decided.',
    )
    .action(async (options) => {
      const { explainAuthenticateCommand } = await import('./commands/explain.ts');
      const read = options.password === false ? async () => '' : await passwordReader();
      process.exitCode = await explainAuthenticateCommand(options, read, process.env, terminal);
    });

  explain
    .command('publish')
    .description('Show what the rules do with a message.')
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
      '\nExit status: 0 if the message passes, changed or not, 1 if it is dropped, 2 if it could not be decided.',
    )
    .action(async (options) => {
      const { explainMessageCommand } = await import('./commands/explain-message.ts');
      process.exitCode = await explainMessageCommand(options, process.env, terminal);
    });

  program
    .command('test')
    .description('Run policy tests: clients, what they do, and the expected verdicts.')
    .argument('<file...>', 'YAML files; see docs/policies.md for their format')
    .option('--tap', 'print TAP version 14', false)
    .addHelpText(
      'after',
      '\nExit status: 0 if every verdict is as expected, 1 if one is not, 2 if a file cannot be used.',
    )
    .action(async (files: string[], options) => {
      const { testCommand } = await import('./commands/test.ts');
      process.exitCode = await testCommand(files, options, process.env, terminal);
    });

  program
    .command('hash')
    .description(
      'Hash a password for a users file. It is read from the terminal without echo, or from standard input.',
    )
    .argument(
      '[form]',
      'argon2id, bcrypt, scrypt, pbkdf2, mosquitto, mosquitto-sha512, emqx-pbkdf2, sha512, sha256, sha1 or md5',
      'argon2id',
    )
    .option('--cost <n>', 'bcrypt: the number of rounds is 2^n', parseCount)
    .option('--memory <KiB>', 'argon2id: memory', parseCount)
    .option('--passes <n>', 'argon2id: passes', parseCount)
    .option('--log-n <n>', 'scrypt: N is 2^n', parseCount)
    .option('--iterations <n>', 'pbkdf2, mosquitto, emqx-pbkdf2: iterations', parseCount)
    .addHelpText('after', '\nThe defaults resist guessing; a login takes some tens of milliseconds.')
    .action(async (form: string, { cost, memory, passes, logN, iterations }) => {
      const { hashCommand } = await import('./commands/hash.ts');
      const given = { cost, memoryKiB: memory, passes, logN, iterations };
      const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      process.exitCode = await hashCommand(form, options, await passwordReader(), terminal);
    });
}

function withClientOptions(command: Command): Command {
  return command
    .requiredOption('--config <file>', 'the configuration file')
    .option('--clientid <id>', 'the client id')
    .option('--username <name>', 'the user name')
    .option('--peerhost <address>', 'the address of the client', '127.0.0.1')
    .option('--cn <name>', "common name of the client's certificate")
    .option('--dn <name>', "subject of the client's certificate");
}

async function passwordReader(): Promise<() => Promise<string | undefined>> {
  const { readPassword } = await import('./commands/password.ts');
  return () => readPassword({ stdin: process.stdin, prompt: (text) => process.stderr.write(text) });
}
