/** Records the results of the calls. */
import { createDurations } from './durations.mjs';

/** Milliseconds after a kill during which it may be the cause of lost connections. */
const AFTERMATH = 5_000;
/** Milliseconds until a configuration change must be in force: files are checked every second. */
const CHANGE = 10_000;
const MOST_EXAMPLES = 10;

export function createTally() {
  const seen = { calls: 0, cut: 0, failed: 0, givenUp: 0, lostConnections: 0, strayConnections: 0 };
  /** @type {Map<string, number>} */
  const examples = new Map();
  let durations = new Map();
  let killedAt = Number.NEGATIVE_INFINITY;
  let revision = 0;
  let changedAt = Number.NEGATIVE_INFINITY;

  function fail(text) {
    seen.failed++;
    if (examples.has(text) || examples.size < MOST_EXAMPLES)
      examples.set(text, (examples.get(text) ?? 0) + 1);
    return false;
  }

  const isAftermath = () => performance.now() - killedAt < AFTERMATH;

  return {
    seen,
    examples,
    /** @returns {boolean} whether the answer to this call is correct */
    count(kind, answer, isRight) {
      seen.calls++;
      if (answer.kind === 'cut' && isAftermath()) {
        seen.cut++;
        return false;
      }
      if (answer.kind !== 'answered') return fail(`${kind}: ${answer.kind}, ${answer.text}`);
      if (answer.status !== 0) return fail(`${kind}: status ${answer.status}, ${answer.text}`);
      return isRight(answer.reply) || fail(`${kind}: a wrong answer, ${describeReply(answer.reply)}`);
    },
    took(kind, ms) {
      if (!durations.has(kind)) durations.set(kind, createDurations());
      durations.get(kind).add(ms);
    },
    giveUp(kind) {
      seen.givenUp++;
      fail(`${kind}: given up`);
    },
    killed() {
      killedAt = performance.now();
    },
    lostConnection() {
      seen.lostConnections++;
      if (!isAftermath()) seen.strayConnections++;
    },
    /** Records that the configuration was just changed to this revision. */
    changed(next) {
      revision = next;
      changedAt = performance.now();
    },
    mayAnswer: (answered) =>
      answered === revision || (answered === revision - 1 && performance.now() - changedAt < CHANGE),
    /** Forgets the durations so far. */
    restart() {
      durations = new Map();
    },
    get durations() {
      return durations;
    },
  };
}

function describeReply({ type, boolResult }) {
  return type === undefined ? 'empty' : `${type} ${boolResult ?? ''}`.trim();
}
