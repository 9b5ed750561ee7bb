/** Programs of this test: where they are, which Debian packages bring them, and how they are run. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** By program. `apt-get install --no-install-recommends` is enough: recommended are networks and registries. */
const PACKAGES = { buildah: 'buildah', runc: 'runc', openssl: 'openssl', npm: 'npm', 'dpkg-query': 'dpkg' };

const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];

/** @returns {string | undefined} its path; Debian has runc in sbin, which not every PATH has */
export const findProgram = (name) => places.map((place) => join(place, name)).find(existsSync);

/** @throws {Error} with what to install */
export function requireTools() {
  if (process.platform !== 'linux') throw new Error('containers are Linux: run this test there');
  if (process.getuid?.() !== 0)
    throw new Error('this test mounts file systems and starts containers: run it as root');
  const missing = Object.keys(PACKAGES).filter((name) => findProgram(name) === undefined);
  if (missing.length === 0) return;
  const packages = missing.map((name) => PACKAGES[name]).join(' ');
  throw new Error(`${missing.join(', ')} not found: apt-get install --no-install-recommends ${packages}`);
}

/**
 * Runs a program to its end.
 *
 * @param {readonly string[]} args
 * @param {{ env?: object, cwd?: string, timeout?: number, mayFail?: boolean }} [options] timeout: milliseconds
 * @returns {Promise<{ code: number | null, stdout: string, output: string }>} output: both streams, as they came
 * @throws {Error} with the end of the output when it fails, unless it may
 */
export function run(program, args, { env, cwd, timeout = 60_000, mayFail = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(findProgram(program) ?? program, args, {
      env: { ...process.env, ...env },
      cwd,
      timeout,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0 || mayFail) return resolve({ code, stdout: stdout.trim(), output: output.trim() });
      reject(new Error(`${program} ${args.join(' ')}: exit ${code}\n${output.slice(-4_000)}`));
    });
  });
}

/** @throws {Error} when it has not come true in time, in milliseconds */
export async function until(what, isTrue, patience = 20_000) {
  const end = performance.now() + patience;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
