import { keys } from '../config/keys.ts';

/** `exhook serve --help`: every flag, derived from the configuration's schema. */
export function serveHelp(): string {
  const flags: [string, string][] = [
    ['--config <file>', 'The configuration file (environment: EXHOOK_CONFIG).'],
    [
      '--record <file>',
      'Write every call received to a file, with passwords replaced; send it again with exhook replay.',
    ],
  ];
  for (const key of keys) {
    const [first, ...others] = key.flags;
    if (first === undefined) continue;
    const names = [first, ...others].map((name) => (key.takes === 'switch' ? `--[no-]${name}` : `--${name}`));
    const value = key.takes === 'switch' ? '' : key.takes === 'list' ? ' <a,b,...>' : ' <value>';
    flags.push([`${names.join(', ')}${value}`, `${firstSentence(key.description)}${defaultOf(key.default)}`]);
  }
  const lines = flags.map(([flag, text]) => `  ${flag}\n      ${text}`);
  return `Usage: exhook serve [flags]\n\nStart the server. Flags go over environment variables, and these over the file.\n\n${lines.join('\n')}`;
}

function firstSentence(text: string): string {
  return /^.*?[.](?= |$)/s.exec(text)?.[0] ?? text;
}

function defaultOf(value: unknown): string {
  return value === undefined ? '' : ` Default: ${typeof value === 'string' ? value : JSON.stringify(value)}.`;
}
