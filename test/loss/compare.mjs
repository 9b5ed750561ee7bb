/**
 * What was promised beside what is there.
 *
 * @typedef {object} Answered
 * @property {string} client
 * @property {string} id of the message
 *
 * @param {readonly Answered[]} answered calls answered "unchanged", in the order of the answers
 * @param {readonly Answered[]} held what the sink holds, in its order
 */
export function compare(answered, held) {
  const firsts = new Map();
  held.forEach(({ id }, i) => {
    if (!firsts.has(id)) firsts.set(id, i);
  });
  const missing = answered.filter(({ id }) => !firsts.has(id));
  const last = new Map();
  let misordered = 0;
  for (const { client, id } of answered) {
    const place = firsts.get(id);
    if (place === undefined) continue;
    if (place < (last.get(client) ?? -1)) misordered++;
    else last.set(client, place);
  }
  return {
    answered: answered.length,
    held: firsts.size,
    missing: missing.map(({ id }) => id),
    repeated: held.length - firsts.size,
    misordered,
  };
}
