import { keys } from '../../config/keys.ts';

/** `exhook serve --help` */
export function serveHelp(): string {
  return `Usage: exhook serve [flags]\n\nStart the server. Flags override environment variables, which override the file.\n\n${flagsHelp()}`;
}

/** Describes every flag in one sentence, derived from the configuration's schema. */
export function flagsHelp(): string {
  const flags: [string, string][] = [
    ['--config <file>', 'The configuration file (environment: EXHOOK_CONFIG).'],
    [
      '--record <file>',
      'Write every received call to a file, with passwords replaced, for exhook replay. Each worker writes its own file.',
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
