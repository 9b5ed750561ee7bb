/**
 * The script that reads the file of a spool, in a separate process: LMDB trusts its pages, and a damaged one can
 * make it crash. It is plain JavaScript in a string, so that it runs from the sources and from the bundle.
 *
 * Arguments: the path of the LMDB module, the file, the file to copy to or '', 'forward' or 'backward', and how many
 * entries a transaction copies: a crash loses those of the last one.
 * Prints a line of JSON every 1,000 entries, to show that it is alive, and one at the end; see `Inspection`.
 */
export const INSPECT_SCRIPT = `
'use strict';
const { crc32 } = require('node:zlib');
const [lmdb, from, to, direction, step] = process.argv.slice(1);
const { open } = require(lmdb);
const format = { noSubdir: true, maxDbs: 1, encoding: 'binary', keyEncoding: 'binary' };
const print = (line) => require('node:fs').writeSync(1, JSON.stringify(line) + '\\n');
const GROUP = Number(step);
const SIGN_OF_LIFE = 1000;

function isIntact(key, value) {
  return value.length >= 4 && value.readUInt32BE(0) === crc32(value.subarray(4), crc32(key));
}

function look() {
  const isBackward = direction === 'backward';
  const source = open({ path: from, ...format, overlappingSync: false, readOnly: true, permissionsMode: 0o600 });
  const target = to === '' ? undefined : open({ path: to, ...format, noSync: true, mapSize: 2 ** 30, permissionsMode: 0o600 });
  const logs = {};
  const logOf = (key) => (logs[key.toString('utf8', 2, 2 + key[1])] ??= { count: 0, bytes: 0, last: 0, recorded: 0 });
  let seen = 0;
  let unreadable = 0;
  let previous;
  let group = [];
  const flush = () => {
    if (target !== undefined) target.transactionSync(() => group.forEach(([key, value]) => target.putSync(key, value)));
    group = [];
  };
  const add = (key, value) => {
    // A tree that leads in a circle never ends.
    if (previous !== undefined && Buffer.compare(key, previous) * (isBackward ? -1 : 1) <= 0) throw new Error('disorder');
    previous = Buffer.from(key);
    if (!isIntact(key, value)) { unreadable++; return; }
    const kind = String.fromCharCode(key[0]);
    if (kind === 'l') logOf(key).recorded = value.readUIntBE(4, 6);
    if (kind !== 'e') return;
    const log = logOf(key);
    log.count++;
    log.bytes += key.length + value.length;
    log.last = Math.max(log.last, key.readUIntBE(key.length - 6, 6));
    if (++seen % SIGN_OF_LIFE === 0) print({ seen });
    if (target === undefined || target.doesExist(key)) return;
    group.push([previous, Buffer.from(value)]);
    if (group.length >= GROUP) flush();
  };
  try {
    for (const { key, value } of source.getRange(isBackward ? { reverse: true } : {})) add(key, value);
  } finally {
    flush();
  }
  return { logs, unreadable };
}

try {
  print({ done: look() });
} catch (error) {
  print({ failed: { code: typeof error.code === 'number' ? error.code : 0, message: String(error.message) } });
}
process.exit(0);
`;
