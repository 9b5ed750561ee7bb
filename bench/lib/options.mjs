/** Parses the command line of a benchmark; a mistake prints a sentence, not a stack. */
import { parseArgs } from 'node:util';

/**
 * Runs a benchmark; an error ends it with a sentence.
 *
 * @param {() => Promise<void>} main
 */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

/**
 * @template {import('node:util').ParseArgsConfig['options']} Options
 * @param {string} usage shown for `--help`
 * @param {Options} options
 */
export function readOptions(usage, options) {
  const { values } = parseArgs({ options: { ...options, help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  return values;
}

/** @param {string} name @param {string} text */
export function readCount(name, text) {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new Error(`--${name} takes a whole number from 1`);
  return count;
}

/** @param {string} text */
export function readList(text) {
  return text.split(',').filter((item) => item !== '');
}
