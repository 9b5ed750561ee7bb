/** What README and docs/ tell people to type, to paste and to open. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkCommand } from '../src/cli/commands/check.ts';
import { keys } from '../src/config/keys.ts';
import { findRpc } from '../src/protocol/wire/rpc.ts';
import { aFile, aTerminal } from './cli/commands/fake-terminal.ts';
import { exhook } from './program/support/program.ts';
import { root } from './support/source.ts';

const docs = readdirSync(join(root, 'docs')).map((name) => `docs/${name}`);
const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'AGENTS.md', ...docs]
  .concat('examples/custom-hooks/README.md')
  .filter((name) => name.endsWith('.md'));
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');
const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };

interface Block {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a page. */
function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  let open: { line: number; language: string; fence: string; text: string[] } | undefined;
  for (const [i, line] of textOf(page).split('\n').entries()) {
    const [, indent = '', fence = '', language = ''] = /^( *)(```+)(\S*)/.exec(line) ?? [];
    if (open === undefined) {
      if (fence !== '') open = { line: i + 1, language, fence: indent + fence, text: [] };
    } else if (line.trimEnd() === open.fence) {
      blocks.push({ page, line: open.line, language: open.language, text: open.text.join('\n') });
      open = undefined;
    } else open.text.push(line);
  }
  return blocks;
}

const blocks = pages.flatMap(blocksOf);
const where = ({ page, line }: Block) => `${page}:${line}`;

/** The commands of runtime blocks and of code in a sentence, one a line. */
const commands = [
  ...blocks.filter(({ language }) => ['sh', 'bash', 'console'].includes(language)).flatMap(commandsOf),
  ...pages.flatMap((page) =>
    [
      ...textOf(page)
        .replaceAll(/^ *```[\s\S]*?^ *```/gm, '')
        .matchAll(/`([^`\n]+)`/g),
    ].map(([, command = '']) => ({
      page,
      command,
    })),
  ),
];

function commandsOf({ page, text }: Block) {
  // A quoted text may span several lines.
  const joined = text
    .replaceAll(/\\\n\s*/g, ' ')
    .replaceAll(/'[^']*'/g, (quoted) => quoted.replaceAll('\n', ' '));
  const lines = joined.split('\n');
  return lines.flatMap((line) =>
    line
      .replace(/^\$ /, '')
      .replace(/\s+#.*$/, '')
      .split('&&')
      .map((command) => ({ page, command: command.trim() })),
  );
}

/** GitHub's name of a heading. */
function anchorsOf(page: string): Set<string> {
  const headings = textOf(page)
    .replaceAll(/^ *```[\s\S]*?^ *```/gm, '')
    .matchAll(/^#+ +(.+)$/gm);
  const names = [...headings].map(([, heading = '']) =>
    heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set(names);
}

describe('links', () => {
  it.each(pages)('of %s lead somewhere', (page) => {
    const text = textOf(page).replaceAll(/^ *```[\s\S]*?^ *```/gm, '');
    const broken: string[] = [];
    for (const [, link = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(resolve(root, target))) broken.push(link);
      else if (anchor && target.endsWith('.md') && !anchorsOf(target).has(anchor)) broken.push(link);
    }
    expect(broken).toStrictEqual([]);
  });
});

describe('commands', () => {
  it('of npm are scripts of the package', () => {
    const named = commands.flatMap(({ page, command }) => {
      const [, script] = /^npm (?:run (?:--silent |-s )?)?([\w:-]+)/.exec(command) ?? [];
      return script === undefined ||
        ['ci', 'install', 'i', 'audit', 'version', 'pack', 'publish', 'deprecate'].includes(script)
        ? []
        : [[page, script]];
    });
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(([, script = '']) => !(script in scripts))).toStrictEqual([]);
  });

  it('name files that exist', () => {
    const made = /^(dist\/|exhook\.yaml$)/;
    const named = commands.flatMap(({ page, command }) => {
      const [, path] = /^(?:node|bash|sh) ((?:\.\/)?[\w./-]+\.(?:js|mjs|sh|ts))/.exec(command) ?? [];
      return path === undefined || made.test(path) ? [] : [[page, path]];
    });
    const missing = named.filter(([page = '', path = '']) =>
      [root, join(root, dirname(page))].every((base) => !existsSync(join(base, path))),
    );
    expect(missing).toStrictEqual([]);
  });

  it('of exhook are known, with every flag', async () => {
    const used = new Map<string, Set<string>>();
    for (const { command } of commands) {
      const [, rest] =
        /^(?:[A-Z_]+=\S* )*(?:exhook|node dist\/cli\.js|node dist\/server\.js)(?: (.*))?$/.exec(command) ??
        [];
      if (rest === undefined) continue;
      const words = rest.split(/\s+/).filter((word) => word !== '');
      const names = words.slice(0, words.findIndex((word) => !/^[a-z][a-z-]*$/.test(word)) >>> 0);
      const subcommand = command.includes('server.js') ? 'serve' : subcommandOf(names);
      const flags = used.get(subcommand) ?? new Set();
      for (const word of words)
        if (/^--[a-z]/.test(word)) flags.add(word.replace(/=.*$/, '').replace(/[)\]]$/, ''));
      used.set(subcommand, flags);
    }
    expect([...used.keys()]).toEqual(expect.arrayContaining(['serve', 'check', 'hooks', 'replay']));
    for (const [subcommand, flags] of used) {
      const { code, stdout } = await exhook([...subcommand.split(' '), '--help']);
      expect([subcommand, code]).toStrictEqual([subcommand, 0]);
      // `hooks` takes the flags of `serve`.
      const known = subcommand === 'hooks' ? [...keys.flatMap((key) => key.flags), 'config'] : undefined;
      const unknown = [...flags].filter((flag) => !(known?.includes(flag.slice(2)) ?? knows(stdout, flag)));
      expect([subcommand, unknown]).toStrictEqual([subcommand, []]);
    }
  });
});

/** The subcommand that words begin with: one, or two for those that have subcommands themselves. */
function subcommandOf([first = 'serve', second]: string[]): string {
  return ['explain', 'spool'].includes(first) && second !== undefined ? `${first} ${second}` : first;
}

function knows(help: string, flag: string): boolean {
  const name = flag.replace(/^--(no-)?/, '');
  return flag === '--help' || new RegExp(`--(\\[no-\\]|no-)?${name}(?![\\w-])`).test(help);
}

describe('YAML blocks', () => {
  /** Files of other programs, by their beginning. Some pages have their own test in test/docs. */
  const isOther = ({ page, text }: Block) =>
    existsSync(join(root, 'test', page.replace(/\.md$/, '.test.ts'))) ||
    /^(services|apiVersion|scrape_configs|groups|# broker)\b/m.test(text);
  const yaml = blocks.filter((block) => block.language === 'yaml' && !isOther(block));

  it('are there', () => {
    expect(yaml.length).toBeGreaterThan(3);
  });

  it.each(yaml.map((block) => [where(block), block] as const))(
    '%s passes exhook check',
    async (_where, { text }) => {
      const terminal = aTerminal();
      await checkCommand(aFile('exhook.yaml', text), {}, terminal);
      // Files that a block names are not here; all that can be said without them must be right.
      const problems = terminal.complained.filter(
        (line) =>
          !/\.mjs: |cannot (be )?read|does not exist|ENOENT|is not set|^warning: |^\n\d+ problems?\.$/.test(
            line,
          ),
      );
      expect(problems).toStrictEqual([]);
    },
  );
});

describe('curl examples', () => {
  const curls = commands.filter(({ command }) => /^curl /.test(command));

  it('are there', () => {
    expect(curls.length).toBeGreaterThan(2);
  });

  it.each(curls.map(({ page, command }) => [page, command]))('of %s: %s', (_page, command) => {
    expect((command.match(/'/g) ?? []).length % 2).toBe(0);
    const url = /https?:\/\/[^\s'"`]+/.exec(command)?.[0] ?? '';
    expect(URL.canParse(url)).toBe(true);
    const { pathname, port } = new URL(url);
    if (pathname.startsWith('/emqx.exhook.')) {
      expect(findRpc(pathname)).toBeDefined();
      const [, body = ''] = /(?:-d|--data) '([^']*)'/.exec(command) ?? [];
      expect(() => JSON.parse(body)).not.toThrow();
      expect(command).toMatch(/content-type: application\/json/i);
    } else if (port === '9000') expect(['/healthz', '/readyz', '/']).toContain(pathname);
  });
});
