/** Integers beyond 2^53 in a configuration, wherever it is shown, compared or told from another. */
import { describe, expect, it } from 'vitest';
import { needRestart } from '../../src/app/reload.ts';
import { loadConfig } from '../../src/config/load.ts';
import { redactConfig } from '../../src/config/redact.ts';
import type { Config } from '../../src/config/schema.ts';
import { parseYaml } from '../../src/config/yaml.ts';
import { atOnce } from '../../src/lib/steps.ts';
import { configDigest } from '../../src/lookup/policy/fingerprint.ts';
import { noSources } from '../support/sources.ts';

function load(id: string): Config {
  const text = `
publish:
  rules:
    - decode: json
      require: { schema: { properties: { n: { maximum: ${id} } } } }
      set: { payload: { id: ${id} } }
`;
  const file = { path: '/x/exhook.yaml', document: parseYaml(text) };
  const result = loadConfig(noSources, file);
  if (!('config' in result)) throw new Error(JSON.stringify(result));
  return result.config;
}

describe('two configurations whose integers differ beyond 2^53', () => {
  const [one, other] = [load('9007199254740993'), load('9007199254740992')];

  it('are shown with their digits', () => {
    expect(JSON.stringify(redactConfig(one))).toContain('"id":"9007199254740993"');
  });

  it('are distinguished', () => {
    expect(atOnce(configDigest(one))).not.toBe(atOnce(configDigest(other)));
    expect(needRestart(one, other)).toStrictEqual([]);
  });

  it('are refused where a number of another kind is wanted, in words', () => {
    const document = parseYaml('limits: { calls: 9007199254740993 }\n');
    const result = loadConfig(noSources, { path: '/x/exhook.yaml', document });
    expect(JSON.stringify(result)).toMatch(/limits/);
    expect('config' in result).toBe(false);
  });
});
