/** Runs a benchmark in this checkout and in another one, in turn: `node bench/compare.mjs --help`. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { warnWhenBusy } from './lib/machine.mjs';
import { readCount, runMain } from './lib/options.mjs';
import { spreadOf } from './lib/stats.mjs';
import { formatNumber, formatSpread, formatTable, say } from './lib/table.mjs';

const usage = `Usage: node bench/compare.mjs [options] CHECKOUT -- SCRIPT [ARGUMENT]...

Runs SCRIPT, such as bench/messages.mjs, in CHECKOUT and here in turn, each in its own process, and compares the
medians of all figures. Install the dependencies there, and build the program if the script needs it.

  --pairs <n>  how often each runs (8)`;

/** V8 places long-lived objects by what it saw first, so single processes may differ by a tenth. */
const PAIRS = '8';

await runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { pairs: { type: 'string', default: PAIRS }, help: { type: 'boolean', short: 'h' } },
  });
  const [checkout, script, ...rest] = positionals;
  if (values.help) return say(usage);
  if (checkout === undefined || script === undefined)
    throw new Error('name a checkout and a script; see --help');
  warnWhenBusy(say);
  const there = { name: 'there', directory: resolve(checkout), figures: new Map() };
  const here = { name: 'here', directory: process.cwd(), figures: new Map() };
  const pairs = readCount('pairs', values.pairs);
  for (let i = 0; i < pairs; i++) {
    for (const side of i % 2 === 0 ? [there, here] : [here, there]) run(side, script, rest);
  }
  say(formatTable(['figure', 'there', 'here', 'here / there'], rowsOf(there.figures, here.figures)));
});

/** Runs it once more, and adds the figures to its side. */
function run({ name, directory, figures }, script, rest) {
  const { stdout } = spawnSync(process.execPath, [script, ...rest], {
    cwd: directory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // A script that misses its own target still has figures.
  const found = readFigures(stdout);
  if (found.length === 0) throw new Error(`${script} printed no figures ${name} (${directory})`);
  for (const [label, value] of found) {
    const values = figures.get(label) ?? [];
    figures.set(label, values.concat(value));
  }
}

/**
 * Reads the numbers of all lines of the form `name: 47.56 us of CPU a call, 43.20 added (at most 40)`.
 *
 * @param {string} text
 * @returns {[label: string, value: number][]}
 */
export function readFigures(text) {
  return text.split('\n').flatMap((line) => {
    const [name, figures] = line.split(': ', 2);
    if (figures === undefined) return [];
    const parts = figures.replace(/\(.*?\)/g, '').split(',');
    return parts.flatMap((part) => {
      const found = /^\s*(-?\d+(?:\.\d+)?)\s+(\S.*?)\s*$/.exec(part);
      return found === null ? [] : [[`${name}: ${found[2]}`, Number(found[1])]];
    });
  });
}

function rowsOf(there, here) {
  return [...here.keys()]
    .filter((label) => there.has(label))
    .map((label) => {
      const [before, now] = [spreadOf(there.get(label)), spreadOf(here.get(label))];
      const ratio = before.median === 0 ? '' : formatNumber(now.median / before.median, 3);
      return [label, formatSpread(before, 2), formatSpread(now, 2), ratio];
    });
}
