/**
 * A broker's connections: eight, each for the clients whose ids hash to it. A lost one is reopened at once; after a
 * GOAWAY, a connection finishes its calls, and the next call opens a new one.
 */
import { connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';

export const CONNECTIONS = 8;
/** EMQX's timeout for an answer, in milliseconds. */
const TIMEOUT = 5_000;
/** Milliseconds between two attempts to connect. */
const PAUSE = 20;
/** Codes of HTTP/2. */
const [REFUSED_STREAM, CANCEL] = [7, 8];

/**
 * - `answered`: with a gRPC status
 * - `cut`: the connection ended before the answer was whole
 * - `late`: no answer within the timeout
 *
 * @typedef {{ kind: 'answered', status: number, text: string, reply: object | undefined }
 *   | { kind: 'cut' | 'late', text: string }} Answer
 */

/**
 * @param {object} options
 * @param {() => string} options.address asked at each attempt to connect
 * @param {(connection: number, isLost: boolean) => void} [options.onEnd] called for each connection that the other side
 *   ends: lost, or with GOAWAY
 */
export function openPool({ address, onEnd = () => {} }) {
  const connections = Array.from({ length: CONNECTIONS }, (_, i) =>
    createConnection(address, (isLost) => onEnd(i, isLost)),
  );
  return {
    /**
     * Calls that a server refused unseen, because they crossed its GOAWAY: they are repeated on another connection, as
     * gRPC prescribes (REFUSED_STREAM, RFC 9113, section 8.7).
     */
    get refused() {
      return connections.reduce((sum, { refused }) => sum + refused, 0);
    },
    /** @param {number} client @param {import('./calls.mjs').Call} call @returns {Promise<Answer>} */
    call: (client, call) => connections[client % CONNECTIONS].call(call),
    /** Leaves the present server, like a broker with a changed address: calls in flight are finished first. */
    move: () => Promise.all(connections.map((connection) => connection.move())),
    close: () => Promise.all(connections.map((connection) => connection.close())),
  };
}

/** The answer to a call whose connection took no more: the call was not seen, and is repeated. */
const UNSEEN = undefined;

function createConnection(address, onEnd) {
  let isClosed = false;
  let refused = 0;
  /** @type {Promise<import('node:http2').ClientHttp2Session> | undefined} */
  let current;

  /** @returns {Promise<import('node:http2').ClientHttp2Session>} an open one; calls wait for it */
  function session() {
    current ??= open();
    return current;
  }

  async function open() {
    while (!isClosed) {
      const opened = await attempt(address());
      if (opened !== undefined) {
        watch(opened);
        return opened;
      }
      await sleep(PAUSE);
    }
    throw new Error('the pool is closed');
  }

  function watch(opened) {
    let isToGo = false;
    const mine = current;
    const leave = () => {
      if (current === mine) current = undefined;
    };
    opened.leave = leave;
    opened.toGo = () => {
      isToGo = true;
      leave();
    };
    opened.once('goaway', () => {
      if (!isToGo) onEnd(false);
      opened.toGo();
    });
    opened.once('close', () => {
      leave();
      if (isClosed || isToGo) return;
      onEnd(true);
      // At once, like a broker, not when the next client needs it.
      session().catch(() => {});
    });
  }

  async function leaveGently() {
    const opened = await current?.catch(() => undefined);
    opened?.toGo();
    if (opened !== undefined && !opened.destroyed) await new Promise((resolve) => opened.close(resolve));
  }

  return {
    get refused() {
      return refused;
    },
    async call(call) {
      const end = performance.now() + TIMEOUT;
      for (;;) {
        const opened = await within(session(), end);
        if (opened === undefined) return { kind: 'late', text: 'no connection' };
        const answer = await exchange(opened, call, end, () => refused++);
        if (answer !== UNSEEN) return answer;
      }
    },
    move: leaveGently,
    async close() {
      isClosed = true;
      await leaveGently();
    },
  };
}

function attempt(address) {
  return new Promise((resolve) => {
    const opened = connect(address);
    opened.once('connect', () => resolve(opened));
    opened.once('close', () => resolve(undefined));
    opened.on('error', () => {});
  });
}

async function within(promise, end) {
  const timer = new AbortController();
  const timeout = sleep(Math.max(0, end - performance.now()), undefined, { signal: timer.signal });
  try {
    return await Promise.race([promise.catch(() => undefined), timeout.catch(() => undefined)]);
  } finally {
    timer.abort();
  }
}

/** @returns {Promise<Answer | typeof UNSEEN>} */
function exchange(session, { headers, body, decode }, end, onRefused) {
  if (session.closed || session.destroyed) {
    // Whether the connection was lost is reported when it closes.
    session.leave();
    return Promise.resolve(UNSEEN);
  }
  return new Promise((resolve) => {
    const stream = session.request(headers);
    const chunks = [];
    let status;
    let text = '';
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      stream.close(CANCEL);
    }, end - performance.now());
    const takeStatus = (fields) => {
      status ??= fields['grpc-status'];
      text ||= fields['grpc-message'] ?? '';
    };
    stream.on('response', takeStatus);
    stream.on('trailers', takeStatus);
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('error', (error) => {
      text ||= error.message;
    });
    stream.once('close', () => {
      clearTimeout(timer);
      if (isLate) return resolve({ kind: 'late', text: 'no answer' });
      if (stream.rstCode === REFUSED_STREAM) {
        onRefused();
        return resolve(UNSEEN);
      }
      if (status === undefined) return resolve({ kind: 'cut', text: text || `RST_STREAM ${stream.rstCode}` });
      resolve({ kind: 'answered', status: Number(status), text, reply: read(status, chunks, decode) });
    });
    stream.end(body);
  });
}

function read(status, chunks, decode) {
  if (status !== '0') return undefined;
  const bytes = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
  return decode(bytes.subarray(5));
}
