/** Reads a CPU profile: microseconds of self time, by function and by origin. */
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Line
 * @property {string} name function and place
 * @property {string} group
 * @property {number} micros
 *
 * @param {string} path
 * @returns {readonly Line[]} most expensive first
 */
export function readProfile(path) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(path, 'utf8'));
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  /** @type {Map<string, Line>} */
  const lines = new Map();
  samples.forEach((id, i) => {
    const { name, group } = describeFrame(byId.get(id));
    const line = lines.get(name) ?? { name, group, micros: 0 };
    line.micros += timeDeltas[i];
    lines.set(name, line);
  });
  return [...lines.values()].filter(({ name }) => name !== '(idle)').sort((a, b) => b.micros - a.micros);
}

/** @type {Map<string, SourceMap | undefined>} */
const maps = new Map();

function describeFrame({ functionName, url, lineNumber, columnNumber }) {
  if (url === '') return describeNative(functionName, lineNumber);
  if (url.startsWith('node:'))
    return { name: `${functionName || '(anonymous)'} ${url}`, group: 'node internals' };
  const { source, line } = findSource(url, lineNumber, columnNumber);
  return { name: `${functionName || '(anonymous)'} ${source}:${line}`, group: groupOf(source) };
}

function describeNative(name, line) {
  if (name === '(garbage collector)') return { name, group: 'garbage collection' };
  if (name.startsWith('(')) return { name, group: 'native code and kernel' };
  // Code that zod generates at run time has lines; functions of V8 and of Node's C++ have none.
  if (line > 0) return { name: `${name || '(anonymous)'} (made at run time)`, group: 'zod' };
  return { name: `${name || '(anonymous)'} (native)`, group: 'native functions called' };
}

function findSource(url, line, column) {
  if (!maps.has(url)) maps.set(url, loadMap(url));
  const entry = maps.get(url)?.findEntry(line, column);
  const source = entry?.originalSource;
  if (source === undefined) return { source: shorten(url), line: line + 1 };
  return { source: shorten(source), line: entry.originalLine + 1 };
}

function loadMap(url) {
  const path = url.startsWith('file:') ? `${fileURLToPath(url)}.map` : '';
  return existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, 'utf8'))) : undefined;
}

/** `../../node_modules/zod/v4/core/parse.js` -> `zod/v4/core/parse.js` */
function shorten(path) {
  return path.replace(/^.*node_modules\//, '').replace(/^(file:\/\/)?(.*\/main\/|(\.\.\/)+)/, '');
}

function groupOf(source) {
  if (source.startsWith('@bufbuild/') || source.startsWith('protobufjs') || source.startsWith('gen/'))
    return 'protobuf';
  if (source.startsWith('zod/')) return 'zod';
  if (source.startsWith('@')) return source.split('/').slice(0, 2).join('/');
  if (source.startsWith('src/')) return `ours: ${source.split('/').slice(0, 2).join('/')}`;
  return 'benchmark';
}
