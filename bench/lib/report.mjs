/** Formats results as Markdown. */
import { OURS } from './servers.mjs';
import { median, spreadOf } from './stats.mjs';
import { formatNumber, formatSpread, formatTable } from './table.mjs';
import { isMet, targets } from './targets.mjs';

/**
 * @typedef {object} Result
 * @property {string} server
 * @property {string} call
 * @property {number} streams
 * @property {number} round
 * @property {import('./measure.mjs').Measured} measured
 */

export class Report {
  /**
   * @param {readonly Result[]} results
   * @param {readonly import('./servers.mjs').Server[]} servers
   * @param {readonly import('./requests.mjs').Call[]} calls
   * @param {readonly number[]} streams
   */
  constructor(results, servers, calls, streams) {
    this.results = results;
    this.servers = servers;
    this.calls = calls;
    this.streams = streams;
    this.ours = servers.find(({ id }) => OURS.includes(id));
  }

  format() {
    const tables = this.calls.flatMap((call) =>
      this.streams.map((streams) => this.#formatScenario(call, streams)),
    );
    return [...tables, ...this.#formatTargets(), this.#formatNote()].join('\n\n');
  }

  isGood() {
    return this.#verdicts().every(({ isGood }) => isGood);
  }

  #formatScenario(call, streams) {
    const peers = this.servers.filter(({ id }) => id === 'connect' || id.startsWith('grpc-'));
    const head = ['server', 'calls/s', 'CPU µs/call', 'p50 ms', 'p99 ms', 'RSS MiB', 'CPU ÷ floor'];
    const rows = this.servers.map(({ id, title }) => [
      title,
      formatSpread(this.#spread(id, call, streams, 'perSecond'), 0),
      formatSpread(this.#spread(id, call, streams, 'cpu'), 1),
      formatSpread(this.#spread(id, call, streams, 'p50'), 2),
      formatSpread(this.#spread(id, call, streams, 'p99'), 2),
      formatNumber(this.#spread(id, call, streams, 'rss').median / 2 ** 20, 0),
      formatSpread(this.#ratio(id, 'floor', call.id, streams, 'cpu'), 2),
      ...peers.map((peer) => formatSpread(this.#ratio(id, peer.id, call.id, streams, 'perSecond'), 2)),
    ]);
    const title = `### ${call.title}, ${call.body.length - 5} bytes, 8 connections × ${streams} ${streams === 1 ? 'stream' : 'streams'}`;
    return `${title}\n\n${formatTable([...head, ...peers.map(({ id }) => `calls/s ÷ ${id}`)], rows)}`;
  }

  #formatTargets() {
    const rows = this.#verdicts().map(({ target, call, streams, ratio, isGood }) => [
      `${target.title}: ${call.title}, 8 × ${streams}`,
      `${target.bound === 'most' ? '≤' : '≥'} ${target.limit}`,
      formatSpread(ratio, 2),
      isGood ? 'pass' : '**miss**',
    ]);
    if (rows.length === 0) return [];
    return [
      `### Targets: ${this.ours?.title}`,
      formatTable(['target', 'limit', 'measured', 'verdict'], rows),
    ];
  }

  #formatNote() {
    const rounds = new Set(this.results.map(({ round }) => round)).size;
    const waited = median(this.results.map(({ measured }) => measured.waited));
    return [
      `Median of ${rounds} ${rounds === 1 ? 'round' : 'rounds'} (least-most); a ratio is the median of the ratios within each round.`,
      'Every call was counted as answered by h2load, which sees HTTP statuses only; the reply itself and its gRPC',
      'status were checked by a call before and a call after each measurement.',
      `While they could run, servers waited for their core ${formatNumber(waited * 100, 1)} % of the time that they used it (0 is a quiet machine).`,
    ].join('\n');
  }

  #verdicts() {
    const { ours } = this;
    if (ours === undefined) return [];
    return targets.flatMap((target) =>
      this.calls
        .filter((call) => target.calls.includes(call.id))
        .flatMap((call) =>
          this.streams
            .filter((streams) => (target.streams ?? streams) === streams)
            .flatMap((streams) => {
              const ratio = this.#ratio(ours.id, target.against, call.id, streams, target.of);
              return ratio === undefined
                ? []
                : [{ target, call, streams, ratio, isGood: isMet(target, ratio.median) }];
            }),
        ),
    );
  }

  #spread(server, call, streams, what) {
    return spreadOf(this.#select(server, call.id, streams).map(({ measured }) => measured[what]));
  }

  /** Ratios of one server to another, round by round. */
  #ratio(server, other, call, streams, what) {
    if (server === other) return undefined;
    const others = new Map(
      this.#select(other, call, streams).map(({ round, measured }) => [round, measured[what]]),
    );
    if (others.size === 0) return undefined;
    const own = this.#select(server, call, streams);
    return spreadOf(own.map(({ round, measured }) => measured[what] / Number(others.get(round))));
  }

  #select(server, call, streams) {
    return this.results.filter(
      (result) => result.server === server && result.call === call && result.streams === streams,
    );
  }
}
