/** `node dist/server.js`: the server and nothing else. */
const { main } = await import('./app/main.ts');
await main(process.argv.slice(2), process.env);
