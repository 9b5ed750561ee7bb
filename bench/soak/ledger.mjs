/**
 * What was acknowledged beside what arrived, in memory that does not grow with the run: a client sends its next event
 * when the one before it is acknowledged, so that a number for each client says it all.
 */

/** More holes than this are not told apart: the run has failed anyway. */
const MOST_HOLES = 10_000;

/** @param {number} clients */
export function createLedger(clients) {
  const acknowledged = new Float64Array(clients);
  /** The highest sequence number that has arrived. */
  const arrived = new Float64Array(clients);
  /** Of each client, those below `arrived` that have not arrived. */
  const holes = Array.from({ length: clients }, () => new Set());
  /** Sent more than once: the first attempt may have been stored. */
  const resent = Array.from({ length: clients }, () => new Set());
  /** Of each client, the last number that was sent to the process before. */
  const before = new Float64Array(clients);
  const found = { arrived: 0, repeated: 0, resentTwice: 0, misordered: 0, overtaken: 0, unknown: 0 };
  let holeCount = 0;

  return {
    found,
    /** @returns {number} the sequence number of the next event of this client */
    next: (client) => acknowledged[client] + 1,
    acknowledge(client) {
      acknowledged[client]++;
    },
    resend(client) {
      const sequence = acknowledged[client] + 1;
      before[client] = sequence;
      resent[client].add(sequence);
    },
    /** A client comes to another process: what it sent so far, the call in flight included, may be overtaken now. */
    move(client) {
      before[client] = acknowledged[client] + 1;
    },
    arrive(client, sequence) {
      if (!(sequence >= 1 && sequence <= acknowledged[client] + 1)) {
        found.unknown++;
        return;
      }
      const last = arrived[client];
      if (sequence > last) {
        for (let missing = last + 1; missing < sequence && holeCount < MOST_HOLES; missing++, holeCount++)
          holes[client].add(missing);
        arrived[client] = sequence;
        found.arrived++;
      } else if (holes[client].delete(sequence)) {
        holeCount--;
        found.arrived++;
        if (sequence <= before[client]) found.overtaken++;
        else found.misordered++;
      } else if (resent[client].has(sequence)) found.resentTwice++;
      else found.repeated++;
    },
    /** Acknowledged, and not there (yet). */
    get missing() {
      let missing = holeCount;
      for (let client = 0; client < clients; client++) {
        missing += Math.max(0, acknowledged[client] - arrived[client]);
        // One that was stored and then never acknowledged is no loss.
        for (const hole of holes[client]) if (hole > acknowledged[client]) missing--;
      }
      return missing;
    },
    get acknowledged() {
      return acknowledged.reduce((sum, count) => sum + count, 0);
    },
  };
}

/** @typedef {ReturnType<typeof createLedger>} Ledger */
