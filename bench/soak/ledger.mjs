/**
 * Compares what was acknowledged with what arrived, in constant memory: a client sends its next event after the
 * previous one was acknowledged, so one number per client is enough.
 */

/** Holes beyond this are not tracked: the run has failed anyway. */
const MOST_HOLES = 10_000;

/** @param {number} clients */
export function createLedger(clients) {
  const acknowledged = new Float64Array(clients);
  /** The highest sequence number that has arrived. */
  const arrived = new Float64Array(clients);
  /** For each client, numbers below `arrived` that have not arrived. */
  const holes = Array.from({ length: clients }, () => new Set());
  /** Sent more than once: the first attempt may have been stored. */
  const resent = Array.from({ length: clients }, () => new Set());
  /** For each client, the last number sent to the previous process. */
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
    /** A client moves to another process: what it sent so far, including the call in flight, may now be overtaken. */
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
    /** Acknowledged, but not there (yet). */
    get missing() {
      let missing = holeCount;
      for (let client = 0; client < clients; client++) {
        missing += Math.max(0, acknowledged[client] - arrived[client]);
        // An event that was stored but never acknowledged is not lost.
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
