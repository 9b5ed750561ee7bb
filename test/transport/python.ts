/** Programs in Python, with the modules of Debian's packages, beside a server in this process. */
import { execFile, spawnSync } from 'node:child_process';

const PYTHON = '/usr/bin/python3';

/** Whether a module is there, or has to be. */
export function hasModule(module: string): boolean {
  if (process.env.EXHOOK_TEST_REQUIRE_SERVERS === '1') return true;
  return spawnSync(PYTHON, ['-c', `import ${module}`]).status === 0;
}

/** Runs a program with JSON on its standard input. @returns the JSON on its standard output. */
export function runPython(program: string, input: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      PYTHON,
      ['-c', program],
      { maxBuffer: 256 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) resolve(JSON.parse(stdout));
        else reject(new Error(`${error.message}\n${stderr.slice(-2000)}`));
      },
    );
    child.stdin?.end(JSON.stringify(input));
  });
}
