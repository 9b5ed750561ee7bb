/** Builds the servers in other languages: `npm run bench:peers -- [go] [cpp] [python]`, by default all. */
import { buildPeer, libraryOf, peers } from '../lib/peers.mjs';

const names = process.argv.slice(2);
const known = peers.map(({ name }) => name);
const unknown = names.find((name) => !known.includes(name));
if (unknown !== undefined) {
  process.stderr.write(`there is no peer "${unknown}": write ${known.join(', ')}\n`);
  process.exit(2);
}
for (const name of names.length > 0 ? names : known) {
  buildPeer(name);
  process.stdout.write(`${name}: ${libraryOf(name)}\n`);
}
