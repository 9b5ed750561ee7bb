/** Bundles the servers and the protobuf helpers into bench/.build/: Node 20 cannot run TypeScript. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const BUILD = join(ROOT, 'bench/.build');

const entries = [
  'servers/connect.ts',
  'servers/grpc-js.ts',
  'servers/hooks.ts',
  'servers/lean.ts',
  'lib/messages.ts',
];

/** As scripts/build.mjs does, in one file an entry. */
export async function buildBench() {
  rmSync(BUILD, { recursive: true, force: true });
  await build({
    entryPoints: entries.map((name) => join(ROOT, 'bench', name)),
    outdir: BUILD,
    entryNames: '[name]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // Loaded only by the variant of grpc-js that asks for it, as a program of its users would.
    external: ['@grpc/proto-loader'],
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    minifySyntax: true,
    sourcemap: true,
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
}
