/**
 * The targets of the adapter, as medians of the ratios of each round.
 *
 * @typedef {object} Target
 * @property {string} title
 * @property {string} against the server that we are compared with
 * @property {'cpu' | 'perSecond'} of
 * @property {readonly string[]} calls
 * @property {'most' | 'least'} bound
 * @property {number} limit
 * @property {number} [streams] on each connection; all when absent
 */

const threeCalls = ['connected', 'authorize', 'publish'];
const everyCall = ['connected', 'authorize', 'publish', 'rewrite'];

/** @type {readonly Target[]} */
export const targets = [
  cpuAtMost(0.4, ['connected']),
  cpuAtMost(0.45, ['authorize', 'publish']),
  cpuAtMost(0.75, ['rewrite']),
  { ...cpuAtMost(0.6, threeCalls, 'grpc-go'), streams: 16 },
  { ...cpuAtMost(0.95, threeCalls, 'grpc-go'), streams: 1 },
  throughputAtLeast(20, 'connect', 'the Connect adapter', threeCalls),
  throughputAtLeast(10, 'connect', 'the Connect adapter', ['rewrite']),
  throughputAtLeast(1.3, 'grpc-js', 'grpc-js with protobuf-es'),
  throughputAtLeast(1.3, 'grpc-js-loader', 'grpc-js with proto-loader'),
];

/** @param {number} limit @param {readonly string[]} calls @param {string} against @returns {Target} */
function cpuAtMost(limit, calls, against = 'floor') {
  const name = against === 'floor' ? 'the floor' : against;
  return { title: `CPU a call, against ${name}`, against, of: 'cpu', calls, bound: 'most', limit };
}

/** @param {number} limit @param {string} against @param {string} name @returns {Target} */
function throughputAtLeast(limit, against, name, calls = everyCall) {
  return { title: `calls/s, against ${name}`, against, of: 'perSecond', calls, bound: 'least', limit };
}

/** @param {Pick<Target, 'bound' | 'limit'>} target @param {number} ratio */
export function isMet({ bound, limit }, ratio) {
  return bound === 'most' ? ratio <= limit : ratio >= limit;
}
