/** Describes the machine of a measurement. */
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './build.mjs';

const compared = [
  '@bufbuild/protobuf',
  '@connectrpc/connect-node',
  '@grpc/grpc-js',
  '@grpc/proto-loader',
  'zod',
];

/** @param {string} h2load its version */
export function describeMachine(h2load) {
  const [first, ...others] = cpus();
  const cores = `${others.length + 1} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const libraries = compared.map((name) => `${name} ${versionOf(name)}`);
  return [
    `${first?.model.trim()}, ${cores}, Linux ${release()}; the server on one core, the load on another.`,
    `Node.js ${process.version}, ${[...libraries, h2load].join(', ')}.`,
  ];
}

/** Warns about a busy machine: other programs slow both sides, but unevenly. */
export function warnWhenBusy(say) {
  const [minute = 0] = loadavg();
  if (minute > 0.5)
    say(`The machine is busy (load ${minute.toFixed(1)}): ratios hold roughly, absolute figures do not.`);
}

function versionOf(name) {
  try {
    return JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')).version;
  } catch {
    return '(missing)';
  }
}
