/** `node dist/server.js`: the server, and nothing else. */
import * as nodeModule from 'node:module';

// From Node 22.8 on, compiled code is kept between starts; before, and where no directory can be written, this
// does nothing. It must come before the code it is to keep.
(nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.();

const { main } = await import('./app/main.ts');
await main(process.argv.slice(2), process.env);
