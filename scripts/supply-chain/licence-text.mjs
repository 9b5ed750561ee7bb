/** Finds the licence texts that must accompany the code: from the package, or else the standard form. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LICENCE_FILE = /^(licen[cs]e|copying|unlicense|notice)/i;

/** Packages with code from others, whose terms are at the top of these files. */
const headers = { '@bufbuild/protobuf': ['dist/esm/wire/varint.js'] };

/**
 * @param {string} root the directory with node_modules
 * @param {import('./shipped.mjs').Shipped} shipped
 * @returns {string} all texts of the package, trimmed
 * @throws {Error} if there is no text and no standard form is known here
 */
export function licenceText(root, { path, name, licence }) {
  const directory = join(root, path);
  const files = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile() && LICENCE_FILE.test(entry.name))
    .map((entry) => readFileSync(join(directory, entry.name), 'utf8'));
  const own =
    files.length > 0 ? files : [fromReadme(directory) ?? standardText(root, directory, name, licence)];
  const others = (headers[name] ?? []).map((file) => leadingComment(join(directory, file)));
  return [...own, ...others].map(tidy).join('\n\n');
}

/** Returns the section of the README with the terms. */
function fromReadme(directory) {
  const file = readdirSync(directory).find((name) => /^readme/i.test(name));
  if (file === undefined) return undefined;
  const sections = readFileSync(join(directory, file), 'utf8').split(/^#+ /m);
  return sections
    .find((section) => /permission is hereby granted/i.test(section))
    ?.replace(/^licen[cs]e\s*/i, '');
}

function leadingComment(file) {
  const lines = readFileSync(file, 'utf8').split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^\/\/ ?/, ''))
    .join('\n');
}

function standardText(root, directory, name, licence) {
  const { author } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  const holder = (typeof author === 'string' ? author : author?.name) ?? `the authors of ${name}`;
  if (licence === 'MIT') return `MIT License\n\nCopyright (c) ${holder}\n\n${MIT}`;
  // Our own licence is the standard text.
  if (/\bApache-2\.0\b/.test(licence))
    return `Copyright ${holder}\n\n${readFileSync(join(root, 'LICENSE'), 'utf8')}`;
  throw new Error(`${name}: the package has no text of its licence, ${licence}; add its standard form`);
}

const tidy = (text) =>
  text
    .replaceAll('\r\n', '\n')
    .replace(/[ \t]+$/gm, '')
    .replace(/^\n+|\s+$/g, '');

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
