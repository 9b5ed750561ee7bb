/** `exhook explain`, `exhook test` and `exhook hash`: policies before they are in force. */
import type { Command } from 'commander';
import { parseCount } from './arguments.ts';
import type { Terminal } from './commands/terminal.ts';

export function addPolicyCommands(program: Command, terminal: Terminal): void {
  const explain = program
    .command('explain')
    .description('Say which method or rule of a policy decides, which came close, and why not.');

  withClientOptions(explain.command('authorize'))
    .description('May this client publish or subscribe to this?')
    .option('--tag <name[=value]...>', 'tags, in place of those that the users file gives')
    .option('--publish <topic>', 'a topic to publish to')
    .option('--subscribe <filter>', 'a topic filter to subscribe to')
    .option(
      '--emqx <release>',
      'the release of the broker, such as 6.1.1, which decides what prefixes such as $queue/ mean',
    )
    .addHelpText('after', '\nExit status: 0 when allowed, 1 when not, 2 when nothing could be said.')
    .action(async (options) => {
      const { explainAuthorizeCommand } = await import('./commands/explain.ts');
      process.exitCode = await explainAuthorizeCommand(options, process.env, terminal);
    });

  withClientOptions(explain.command('authenticate'))
    .description(
      'May this client log in? The password is asked for without showing it, or read from standard input.',
    )
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
