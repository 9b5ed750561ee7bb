/** With the thread of the built program: `npm run build` first. */
import { readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { configJob } from '../../src/config/file-job.ts';
import { loadConfig } from '../../src/config/load.ts';
import { configFileJob, readConfig } from '../../src/config/read.ts';
import { parseYaml } from '../../src/config/yaml.ts';
import { offload } from '../../src/lib/offload/offload.ts';
import { noSources } from '../support/sources.ts';

const entry = pathToFileURL('dist/offload-thread.js');
const golden = readdirSync('test/upgrade/golden', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => `test/upgrade/golden/${name}`);

const rules = Array.from({ length: 1000 }, (_, i) => `    - { allow: publish, topics: "line/${i}/#" }\n`);
const long = `authorize:\n  rules:\n${rules.join('')}publish:\n  rules:\n    - { topics: "x/#", set: { qos: 1 } }\n`;

/** As a reload reads it. */
const read = (text: string, isServing: boolean) =>
  readConfig({ sources: noSources, file: { path: 'exhook.yaml', text }, isServing });

describe('a configuration that is read for a reload', () => {
  it('is the same as at the start, all of its rules with it', async () => {
    const [served, first] = [await read(long, true), await read(long, false)];
    if ('problems' in served || 'problems' in first) throw new Error(JSON.stringify([served, first]));
    expect(served.config.authorize?.rules.length).toBe(1000);
    expect(served.config).toEqual(first.config);
    expect(served.warnings).toEqual(first.warnings);
  });

  it('has the same problems, with their places', async () => {
    const text = long.replace('line/7/#', 'line/#/7');
    const served = await read(text, true);
    expect(served).toEqual(await read(text, false));
    expect(served).toMatchObject({ problems: [expect.stringMatching(/^exhook\.yaml:10:\d+ authorize/)] });
  });

  it('tells the places of problems that are found later', async () => {
    const served = await read(long, true);
    if ('problems' in served) throw new Error(served.problems.join());
    expect(await served.place(['authorize.rules[3]: no', 'elsewhere: no'])).toEqual([
      'exhook.yaml:6:7 authorize.rules[3]: no',
      'elsewhere: no',
    ]);
  });

  it('passes through another thread unchanged, whatever it contains', async () => {
    expect(golden.length).toBeGreaterThan(0);
    const inputs = golden.map((path) => ({ path, text: readFileSync(path, 'utf8'), sources: noSources }));
    const [longest] = inputs.toSorted((one, other) => other.text.length - one.text.length);
    for (const input of inputs) {
      const { path, text } = input;
      const here = configJob(input).output;
      // What a thread sends is a copy of this kind; starting one takes long.
      expect(structuredClone(here)).toEqual(here);
      if (input === longest) expect(await offload(configFileJob, input, [], { entry })).toEqual(here);
      const whole = loadConfig(noSources, { path, document: parseYaml(text) });
      if ('config' in here && whole.problems === undefined) {
        const { authorize, publish, ...others } = whole.config;
        expect(here.config).toMatchObject(others);
      }
    }
  });
});
