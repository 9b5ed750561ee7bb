// Builds what is missing or old, and runs `exhook demo` from it.
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { whyStale } from './built.mjs';

if (whyStale(process.cwd()) !== undefined)
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });

process.argv.splice(1, 1, resolve('dist/cli.js'), 'demo');
await import('../dist/cli.js');
