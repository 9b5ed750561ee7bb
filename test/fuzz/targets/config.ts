/** Configuration files: their text, and their values. */
import fc from 'fast-check';
import { registeredHooks } from '../../../src/config/hook-list.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { parseYaml } from '../../../src/config/yaml.ts';
import { noSources } from '../../support/sources.ts';
import { mutatedText } from '../mutate.ts';
import { configurations } from '../samples.ts';
import { defineTarget, ensure, type Json } from '../target.ts';

const words = [
  'authenticate:',
  'authorize:',
  'rules:',
  'topics:',
  'who:',
  'publish:',
  'when:',
  'sinks:',
  'hooks:',
];

export const configText = () =>
  defineTarget({
    name: 'config-text',
    input: mutatedText(configurations(), words),
    check(text: string) {
      const document = parseYaml(text);
      checkLoaded(loadConfig(noSources, { path: 'exhook.yaml', document }));
    },
  });

/** Placed where a secret should be: errors about it must not contain it. */
const MARK = 'hunter2-must-not-be-shown';

/** One value of a good configuration is another one. */
export const configValues = () => {
  const contents = configurations()
    .map((text) => parseYaml(text).content as Json)
    .filter((content) => typeof content === 'object' && content !== null);
  const value = fc.oneof(
    fc.constant(MARK),
    fc.constantFrom<Json>(null, true, 0, -1, 1e308, '', [], {}, [[]], [MARK], { x: MARK }),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  return defineTarget({
    name: 'config-values',
    input: fc
      .tuple(
        fc.constantFrom(...contents),
        fc.array(fc.tuple(fc.nat(200), value), { minLength: 1, maxLength: 3 }),
      )
      .map(([content, changes]) =>
        changes.reduce<Json>((changed, [at, other]) => replaceAt(changed, at, other), content),
      ),
    check(content: Json) {
      const document = { content, problems: [], locate: () => ({ line: 1, column: 1 }) };
      checkLoaded(loadConfig(noSources, { path: 'exhook.yaml', document }));
    },
  });
};

function checkLoaded(loaded: ReturnType<typeof loadConfig>): void {
  if (loaded.problems === undefined) {
    registeredHooks(loaded.config);
    for (const warning of loaded.warnings) checkText(formatProblem(warning));
    return;
  }
  ensure(loaded.problems.length > 0, 'a configuration or a problem');
  for (const problem of loaded.problems) checkText(formatProblem(problem));
}

function checkText(text: string): void {
  ensure(text.length > 0 && text.length < 4000, 'a text for people');
  ensure(!text.includes(MARK), 'no value of the file in a problem');
}

/** Keys below which secrets are written, or addresses that may hold one. */
const secretKey = /secret|password|passphrase|token|hash|header|credential|url|servers|brokers|^key$/i;

/** Replaces the value at the place, counted through the whole tree. The mark stands only where secrets may. */
function replaceAt(root: Json, at: number, other: Json): Json {
  let left = at % countOf(root);
  return visit(root, false);

  function visit(value: Json, isSecret: boolean): Json {
    if (left-- === 0) return isSecret || !JSON.stringify(other).includes(MARK) ? other : 'other';
    if (Array.isArray(value)) return value.map((item) => visit(item, isSecret));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value) as [string, Json][];
    return Object.fromEntries(
      entries.map(([key, item]) => [key, visit(item, isSecret || secretKey.test(key))]),
    );
  }
}

function countOf(value: Json): number {
  if (typeof value !== 'object' || value === null) return 1;
  return 1 + Object.values(value).reduce<number>((sum, item) => sum + countOf(item as Json), 0);
}
