import { keys } from '../../config/keys.ts';

/** `exhook serve --help` */
export function serveHelp(): string {
  return `Usage: exhook serve [flags]\n\nStart the server. Flags go over environment variables, and these over the file.\n\n${flagsHelp()}`;
}

/** Every flag with a sentence, derived from the configuration's schema. */
export function flagsHelp(): string {
  const flags: [string, string][] = [
    ['--config <file>', 'The configuration file (environment: EXHOOK_CONFIG).'],
    [
      '--record <file>',
      'Write every call received to a file, with passwords replaced; send it again with exhook replay. Each worker has its own.',
    ],
  ];
  for (const key of keys) {
    const [first, ...others] = key.flags;
    if (first === undefined) continue;
    const names = [first, ...others].map((name) => (key.takes === 'switch' ? `--[no-]${name}` : `--${name}`));
    const value = key.takes === 'switch' ? '' : key.takes === 'list' ? ' <a,b,...>' : ' <value>';
    flags.push([`${names.join(', ')}${value}`, `${firstSentence(key.description)}${defaultOf(key.default)}`]);
  }
  return flags.map(([flag, text]) => `  ${flag}\n      ${text}`).join('\n');
}

function firstSentence(text: string): string {
  return /^.*?[.](?= |$)/s.exec(text)?.[0] ?? text;
}

function defaultOf(value: unknown): string {
  return value === undefined ? '' : ` Default: ${typeof value === 'string' ? value : JSON.stringify(value)}.`;
}
