// A sink that says "safe" of everything and loses one event: the loss test must find it.
import { appendFileSync } from 'node:fs';

/** Which delivery is lost. */
const LOST = 100;

export default async function open({ file }, { name }) {
  let seen = 0;
  return {
    name,
    async write(batch) {
      const kept = batch.filter(() => ++seen !== LOST);
      appendFileSync(file, kept.map(({ body }) => `${Buffer.from(body).toString('utf8')}\n`).join(''));
    },
    async close() {},
  };
}
