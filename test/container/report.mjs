/** The output: a line for each check, and the figures. */
const say = (text) => process.stdout.write(`${text}\n`);

export const step = (title) => say(`\n== ${title}`);

/** @throws {Error} when it is not so, with what was there instead */
export function check(title, isSo, instead = '') {
  if (!isSo) throw new Error(`not so: ${title}${instead === '' ? '' : `\n${instead}`}`);
  say(`  ok  ${title}`);
}

export function figure(name, value) {
  say(`  ${name.padEnd(50)}${value}`);
}

export const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
