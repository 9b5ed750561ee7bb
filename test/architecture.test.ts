/** The import and purity rules of AGENTS.md. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hookNames } from '../src/protocol/schema/hook-name.ts';
import { codeOf, filesUnder, type Import, importsOf, readSource, root } from './support/source.ts';

const sources = filesUnder('src');
const imports = new Map(sources.map((file) => [file, importsOf(file)]));
const importsIn = (file: string): Import[] => imports.get(file) ?? [];

/** Pure and synchronous: what decides about logins and messages can be tested as values and replayed. */
const isCore = (file: string) =>
  /^src\/(core\/hook\.ts|(core\/hooks|protocol|policy|lib\/pattern)\/)/.test(file);
/** Small things without a domain that are as pure. */
const pureLibrary = ['src/lib/steps.ts', 'src/lib/variable-reference.ts'];
const core = sources.filter((file) => isCore(file) || pureLibrary.includes(file));

/** All `file -> import` that break a rule: nothing, if the rule holds. */
const offenders = (files: readonly string[], breaks: (imported: Import, file: string) => boolean): string[] =>
  files.flatMap((file) =>
    importsIn(file)
      .filter((imported) => breaks(imported, file))
      .map(({ from }) => `${file} -> ${from}`),
  );

const startsWithAny = (text: string, starts: readonly string[]) =>
  starts.some((start) => text.startsWith(start));

describe('the core', () => {
  it('is there', () => {
    expect(core.length).toBeGreaterThan(40);
    for (const file of ['src/core/hook.ts', 'src/core/hooks/index.ts', 'src/protocol/wire/encode.ts'])
      expect(core).toContain(file);
  });

  /** What each part may import besides itself: `type` if only types. The rooms have their own table, below. */
  const layers: Record<string, { may: string[]; mayType?: string[] }> = {
    'src/core/hook.ts': { may: ['src/protocol/schema/'], mayType: ['src/policy/'] },
    'src/core/hooks/': { may: ['src/core/hook.ts', 'src/policy/', 'src/protocol/'] },
    'src/protocol/failure.ts': { may: [] },
    'src/protocol/schema/': {
      may: ['zod'],
      mayType: ['src/protocol/wire/generated.ts', 'src/protocol/wire/plain.ts'],
    },
    'src/protocol/wire/': {
      may: ['gen/', '@bufbuild/protobuf', 'src/protocol/schema/', 'src/protocol/failure.ts', 'zod'],
    },
    'src/policy/': { may: ['src/protocol/', 'src/lib/', 'zod'] },
    'src/lib/steps.ts': { may: [] },
    'src/lib/variable-reference.ts': { may: [] },
    'src/lib/pattern/': { may: ['re2js'] },
  };

  it.each(Object.entries(layers))('%s imports only what its row allows', (layer, { may, mayType = [] }) => {
    const files = sources.filter((file) => file.startsWith(layer));
    expect(files.length).toBeGreaterThan(0);
    const breaks = ({ from, isType }: Import) =>
      !startsWithAny(from, [layer, ...may]) && !(isType && startsWithAny(from, mayType));
    expect(offenders(files, breaks)).toStrictEqual([]);
  });

  it('is covered by these rules to the last file', () => {
    expect(core.filter((file) => !startsWithAny(file, Object.keys(layers)))).toStrictEqual([]);
  });

  it('imports nothing of the platform, of Connect, or of what stands around it', () => {
    const breaks = ({ from }: Import) =>
      from.startsWith('node:') ||
      from.startsWith('@connectrpc/') ||
      (from.startsWith('src/') && !isCore(from) && !pureLibrary.includes(from));
    expect(offenders(core, breaks)).toStrictEqual([]);
  });

  it('loads nothing while it runs', () => {
    expect(offenders(core, ({ isDynamic, isType }) => isDynamic && !isType)).toStrictEqual([]);
  });

  const impure =
    /(?<![.\w$'])(?:process|Buffer|Date|performance|console|fetch|crypto|globalThis|setTimeout|setInterval|setImmediate|queueMicrotask|clearTimeout|AbortController|AbortSignal|require|navigator|Worker)\b(?!\s*[:?]|['"])|\bMath\.random\b/g;
  const asynchronous = /(?<![.\w$])(?:async|await)\b(?!\s*:)|\bnew Promise\b|\bPromise\.\w+\(/g;

  const uses = (pattern: RegExp) =>
    core.flatMap((file) => (codeOf(readSource(file)).match(pattern) ?? []).map((name) => `${file}: ${name}`));

  it('has no clock, no randomness, no console and no process', () => {
    expect(uses(impure)).toStrictEqual([]);
  });

  it('waits for nothing', () => {
    expect(uses(asynchronous)).toStrictEqual([]);
  });

  it.each([
    'Date.now()',
    'x = new Date()',
    'Math.random()',
    'console.log(1)',
    'process.env.X',
    'Buffer.from(x)',
    'if (a) setTimeout(f)',
    '`${Date.now()}`',
  ])('would be told of %s', (code) => {
    expect(codeOf(code)).toMatch(new RegExp(impure.source));
  });

  it.each([
    "'Date.now()'",
    '// Date',
    '/* process */',
    '{ process: 1 }',
    'a.Date',
    'updateDates()',
    'x = /Date"/;',
  ])('would not be told of %s', (code) => {
    expect(codeOf(code)).not.toMatch(new RegExp(impure.source));
  });
});

describe('the flow of a call', () => {
  it('knows the core and itself, and no transport', () => {
    const flow = ['call.ts', 'ask.ts', 'parse.ts', 'runtime.ts'].map((file) => `src/core/${file}`);
    const mayUse = [...flow, 'src/lib/with-timeout.ts'];
    const breaks = ({ from, isType }: Import) =>
      !mayUse.includes(from) && !isCore(from) && !(isType && from === '@bufbuild/protobuf');
    expect(offenders(flow, breaks)).toStrictEqual([]);
  });
});

describe('the rooms', () => {
  const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  /** The rows of the first table behind the heading, without its head. */
  const rowsBelow = (heading: string): string[][] => {
    const table = page.slice(page.indexOf(heading)).match(/(?:^\|.*\n)+/m)?.[0] ?? '';
    return table
      .split('\n')
      .slice(2, -1)
      .map((row) => row.split('|').map((cell) => cell.trim()));
  };
  const namesIn = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  const rows = rowsBelow('| room |').map(
    ([, room, , imports]) => [namesIn(room)[0] ?? '', namesIn(imports)] as const,
  );
  const mayImport = new Map(rows);
  const roomOf = (file: string): string | undefined => /^src\/([^/]+)\//.exec(file)?.[1];

  it('match the table of the page, sixteen at most, and so do the files outside of rooms', () => {
    const found = new Set(sources.map(roomOf).filter((room) => room !== undefined));
    expect([...mayImport.keys()].sort()).toStrictEqual([...found].sort());
    expect(found.size).toBeLessThanOrEqual(16);
    const outside = sources.filter((file) => roomOf(file) === undefined);
    expect(
      rowsBelow('| file |')
        .flatMap(([, file]) => namesIn(file))
        .sort(),
    ).toStrictEqual(outside);
  });

  it.each(rows)('%s imports what its row names, and all of it', (room, names) => {
    const files = sources.filter((file) => roomOf(file) === room);
    const imported = files.flatMap((file) => importsIn(file).flatMap(({ from }) => roomOf(from) ?? []));
    const others = [...new Set(imported)].filter((other) => other !== room);
    expect(others.sort()).toStrictEqual(names);
    expect(
      offenders(files, ({ from }) => from.startsWith('src/') && roomOf(from) === undefined),
    ).toStrictEqual([]);
  });

  it('only import rooms below them', () => {
    const order = [...mayImport.keys()];
    const upwards = rows.flatMap(([room, names]) =>
      names.filter((name) => order.indexOf(name) <= order.indexOf(room)).map((name) => `${room} -> ${name}`),
    );
    expect(upwards).toStrictEqual([]);
  });
});

describe('the wall clock', () => {
  /** The clock can be set: use it for times that others set and for time stamps, never for intervals. */
  const readers: Record<string, string> = {
    'src/cli/spool.ts': 'the ages of events, and names of files',
    'src/cli/commands/compare.ts': 'the time at which tokens are judged',
    'src/cli/dev/broker/message.ts': 'time stamps of messages',
    'src/cli/dev/exhook/provider.ts': 'the date that a broker tells when it loads',
    'src/cli/commands/policy.ts': 'exp and nbf',
    'src/cli/commands/test.ts': 'exp and nbf',
    'src/emqx/own-calls.ts': 'calls of the last minute, by their time stamps',
    'src/events/open-events.ts': 'time stamps of events, and of the spool',
    'src/events/outbox.ts': 'time stamps of dead letters',
    'src/lookup/policy/opener.ts': 'exp and nbf',
    'src/app/record.ts': 'time stamps of recordings',
    'src/sinks/file/open.ts': 'names of files, and when a file was made',
    'src/sinks/http/open.ts': 'signatures, and dates in Retry-After',
    'src/events/spool/lock.ts': 'the time of a file',
    'src/log/log.ts': 'time stamps of lines',
    'src/telemetry/reload-tally.ts': 'when the configuration was read',
    'src/app/watchdog/thread.ts': 'the time of the line that it logs',
    'src/transport/stream-response.ts': 'the field date',
  };

  it('is read only where a time is meant, never for an interval', () => {
    const found = sources.filter((file) => /\bDate\.now\b|new Date\(\)/.test(codeOf(readSource(file))));
    expect(found.sort()).toStrictEqual(Object.keys(readers).sort());
  });
});

describe('all of src', () => {
  it('reaches the generated code through wire/ only', () => {
    const breaks = ({ from }: Import, file: string) =>
      from.startsWith('gen/') && !file.startsWith('src/protocol/wire/');
    expect(offenders(sources, breaks)).toStrictEqual([]);
  });

  it('imports files that exist, by their full name', () => {
    const breaks = ({ from }: Import) => /^(src|gen)\//.test(from) && !existsSync(join(root, from));
    expect(offenders(sources, breaks)).toStrictEqual([]);
    expect(offenders(sources, ({ from }) => /^(test|bench|examples|scripts)\//.test(from))).toStrictEqual([]);
  });

  it('loads heavy and optional packages only when they are configured', () => {
    const heavy = ['jose', '@node-rs/', 'pino-pretty', 'yaml', 'jsonwebtoken', 'prom-client'];
    // `yaml.ts` and `yaml-merge.ts` are themselves imported only when there is a file to read.
    const breaks = ({ from, isDynamic, isType }: Import, file: string) =>
      startsWithAny(from, heavy) && !isDynamic && !isType && !/\/yaml(-merge)?\.ts$/.test(file);
    expect(offenders(sources, breaks)).toStrictEqual([]);
  });

  it('has no cycle at run time', () => {
    const cycles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      if (done.has(file) || path.includes(file)) return;
      for (const { from, isType, isDynamic } of importsIn(file))
        if (!isType && !isDynamic) visit(from, [...path, file]);
      done.add(file);
    };
    for (const file of sources) visit(file, []);
    expect(cycles).toStrictEqual([]);
  });

  it('has names in kebab-case', () => {
    const isKebab = (file: string) =>
      /^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)*[a-z0-9]+(?:-[a-z0-9]+)*\.ts$/.test(file);
    expect(sources.filter((file) => !isKebab(file))).toStrictEqual([]);
  });
});

describe('hooks', () => {
  const kebab = (name: string) => name.replace('.', '-');
  const camel = (name: string) => name.replace(/\.(.)/, (_, letter) => letter.toUpperCase());
  const index = readSource('src/core/hooks/index.ts');

  it.each(hookNames)('%s has its file, its export and its place in the table', (name) => {
    const file = `src/core/hooks/${kebab(name)}.ts`;
    expect(readSource(file)).toContain(`export const ${camel(name)} = defineHook({\n  name: '${name}',`);
    expect(index).toContain(`import { ${camel(name)} } from './${kebab(name)}.ts';`);
    expect(index).toContain(`  '${name}': ${camel(name)},\n`);
  });

  it('have no files besides the table and shared ones', () => {
    const others = ['event-of', 'index', 'reply-of'].map((name) => `src/core/hooks/${name}.ts`);
    expect(filesUnder('src/core/hooks')).toStrictEqual(
      [...hookNames.map((name) => `src/core/hooks/${kebab(name)}.ts`), ...others].sort(),
    );
  });

  it('are a few lines each', () => {
    for (const name of hookNames)
      expect(readSource(`src/core/hooks/${kebab(name)}.ts`).split('\n').length).toBeLessThan(60);
  });
});

describe('tests', () => {
  /** Core files without a test of the same name: the tests that cover them. */
  const coveredBy: Record<string, string> = {
    'src/protocol/schema/pin.ts': 'test/types/schemas.test-d.ts',
    'src/protocol/wire/plain.ts': 'test/types/schemas.test-d.ts',
    'src/protocol/wire/generated.ts': 'test/types/schemas.test-d.ts',
    'src/protocol/wire/services.ts': 'test/protocol/wire/proto.test.ts',
    'src/protocol/wire/rpc-table.ts': 'test/protocol/wire/reader.test.ts',
    'src/protocol/wire/descriptors.ts': 'test/protocol/wire/rpc.test.ts',
    'src/protocol/wire/decode-json.ts': 'test/transport/contract.test.ts',
    'src/protocol/wire/response-message.ts': 'test/protocol/wire/encode.test.ts',
    'src/policy/policy.ts': 'test/core/hooks/provider-loaded.test.ts',
  };
  const testOf = (file: string) => file.replace(/^src\//, 'test/').replace(/\.ts$/, '.test.ts');

  it.each(core.filter((file) => !/^src\/(policy|lib)\//.test(file)))(
    'of %s are where one looks for them',
    (file) => {
      expect(existsSync(join(root, coveredBy[file] ?? testOf(file)))).toBe(true);
    },
  );

  it('that stand in for another are needed', () => {
    expect(Object.keys(coveredBy).filter((file) => existsSync(join(root, testOf(file))))).toStrictEqual([]);
    expect(Object.keys(coveredBy).filter((file) => !sources.includes(file))).toStrictEqual([]);
  });

  it.each(['core/hooks', 'protocol/schema', 'protocol/wire'])('of %s/ test a file of that name', (folder) => {
    // proto.test.ts checks the generated code itself.
    const orphans = filesUnder(`test/${folder}`)
      .filter((file) => file.endsWith('.test.ts') && !file.endsWith('/proto.test.ts'))
      .map((file) => file.replace(/^test\//, 'src/').replace(/\.test\.ts$/, '.ts'))
      .filter((file) => !sources.includes(file));
    expect(orphans).toStrictEqual([]);
  });

  it('are all seen by the runner and the compiler', () => {
    const strays = filesUnder('test').filter((file) => /(?:^|[-.])spec\.ts$|_test\.ts$/.test(file));
    expect(strays).toStrictEqual([]);
  });
});

describe('the reader of imports', () => {
  const read = (source: string) => importsOf('src/a/b.ts', source);

  it.each<[source: string, from: string, isType: boolean, isDynamic: boolean]>([
    ["import { a } from './c.ts';", 'src/a/c.ts', false, false],
    ["import type { A } from '../d.ts';", 'src/d.ts', true, false],
    ["import { type A } from './c.ts';", 'src/a/c.ts', false, false],
    ["import * as z from 'zod';", 'zod', false, false],
    ["import 'zod';", 'zod', false, false],
    ["import a, {\n  b,\n  type C,\n} from 'node:fs';", 'node:fs', false, false],
    ["export * from '../d.ts';", 'src/d.ts', false, false],
    ["export type * as v3 from '../../gen/x.ts';", 'gen/x.ts', true, false],
    ["export { a } from './c.ts';", 'src/a/c.ts', false, false],
    ["const jose = await import('jose');", 'jose', false, true],
    ["type Jose = typeof import('jose');", 'jose', true, true],
  ])('reads %j', (source, from, isType, isDynamic) => {
    expect(read(source)).toStrictEqual([{ from, isType, isDynamic }]);
  });

  it.each(["// import { a } from './c.ts';", "/*\nimport 'zod';\n*/", "export const a = 'import x from y';"])(
    'reads nothing in %j',
    (source) => {
      expect(read(source)).toStrictEqual([]);
    },
  );
});
