// Bundles the program, the command and the library into dist/, and writes the library's type declarations.
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { hashInputs, recordBuild } from './built.mjs';
import { readDeclarations, withoutOpeners } from './declarations.mjs';
import { compileParts } from './parts/compile.mjs';
import { PARTS } from './parts/list.mjs';
import { makeParts } from './parts/make.mjs';
import { writeThirdParty } from './supply-chain/notices.mjs';

const inputs = hashInputs(process.cwd());
rmSync('dist', { recursive: true, force: true });

const { sinkKinds } = await readDeclarations(`export { sinkKinds } from './src/sinks/kinds.ts'`);

/** @type {import('esbuild').BuildOptions} */
const common = {
  // Fewer bytes to read and parse at every start. Names stay, since they are in stack traces; esbuild's `keepNames`
  // would set each of them again whenever a function is made, which cost a tenth of a call.
  minifyWhitespace: true,
  minifySyntax: true,
  // Node prints the line on which an uncaught error was thrown: without an end of lines, that is a megabyte of code.
  lineLimit: 160,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  legalComments: 'none',
  sourcemap: true,
  // They hold binaries, read files beside themselves, or do not survive bundling; each is loaded when it is first needed.
  external: [
    '@node-rs/argon2',
    '@node-rs/bcrypt',
    'lmdb',
    ...sinkKinds.flatMap(({ unbundled = [] }) => unbundled),
  ],
  // Some dependencies are CommonJS and call require().
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

const { metafile } = await build({
  ...common,
  entryPoints: ['src/server.ts', 'src/cli.ts', 'src/index.ts', 'src/sink-contract.ts'],
  outdir: 'dist',
  bundle: true,
  // Shared code lands in chunks, so that `node dist/server.js` reads only what it uses.
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  metafile: true,
});

// A thread that lives for one file loads what it needs for that, and not what the program needs for its start.
await build({
  ...common,
  entryPoints: ['src/offload-thread.ts'],
  outfile: 'dist/offload-thread.js',
  bundle: true,
  // It reads configurations, and opens nothing.
  plugins: [withoutOpeners],
});

await makeParts(metafile, PARTS, common);
// A thread of its own: in a file of its own it loads no code of the program.
await build({
  ...common,
  entryPoints: { watchdog: 'src/app/watchdog/thread.ts' },
  outdir: 'dist',
  bundle: true,
});
await compileParts();
writeThirdParty(metafile, process.cwd());

chmodSync('dist/cli.js', 0o755);
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json'], {
  stdio: 'inherit',
});
recordBuild(process.cwd(), inputs);
