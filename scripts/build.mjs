// Bundles the program, the command, the library and the inspector's page into dist/, and writes the library's type declarations.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { hashInputs, recordBuild } from './built.mjs';
import { readDeclarations, withoutOpeners } from './declarations.mjs';
import { buildPage } from './inspector/page.mjs';
import { compileParts } from './parts/compile.mjs';
import { PARTS } from './parts/list.mjs';
import { makeParts } from './parts/make.mjs';
import { writeThirdParty } from './supply-chain/notices.mjs';

const inputs = hashInputs(process.cwd());
rmSync('dist', { recursive: true, force: true });

const { sinkKinds } = await readDeclarations(`export { sinkKinds } from './src/sinks/kinds.ts'`);

/** @type {import('esbuild').BuildOptions} */
const common = {
  // Minify: fewer bytes to read and parse at every start. Keep names, because they are in stack traces; esbuild's
  // `keepNames` would set them again whenever a function is created, which cost a tenth of a call.
  minifyWhitespace: true,
  minifySyntax: true,
  // Node prints the line that threw an uncaught error: without line breaks, that is a megabyte of code.
  lineLimit: 160,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  legalComments: 'none',
  sourcemap: true,
  // These contain binaries, read files beside themselves, or do not survive bundling; each is loaded when first needed.
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
  // Shared code goes into chunks: `node dist/server.js` then reads only what it uses.
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  metafile: true,
});

// A thread that lives for one file loads only what it needs, not what the program needs to start.
await build({
  ...common,
  entryPoints: ['src/offload-thread.ts'],
  outfile: 'dist/offload-thread.js',
  bundle: true,
  // It reads configurations, and opens nothing.
  plugins: [withoutOpeners],
});

await makeParts(metafile, PARTS, common);
// A thread in its own file loads none of the program's code.
await build({
  ...common,
  entryPoints: { watchdog: 'src/app/watchdog/thread.ts' },
  outdir: 'dist',
  bundle: true,
});
await compileParts();
const page = await buildPage();
writeThirdParty([metafile, page], process.cwd());

// For `exhook demo`: packages hold no tests.
cpSync('test/fixtures/recordings/emqx-5.10.3.jsonl', 'dist/recordings/emqx-5.10.3.jsonl');
chmodSync('dist/cli.js', 0o755);
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json'], {
  stdio: 'inherit',
});
recordBuild(process.cwd(), inputs);
