/** The requirements, the results, and the table for the documentation. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { formatNumber, formatTable } from '../lib/table.mjs';

const BEGIN = '<!-- soak:begin -->';
const END = '<!-- soak:end -->';
/** Ratio of the mean of the last fifth of the run to the second fifth. */
const MOST_GROWTH = 1.1;
/** Shortest run, in minutes, whose memory is judged. */
const LEAST_MINUTES = 10;

const count = (value) => formatNumber(value, 0);
const mib = (bytes) => `${formatNumber(bytes / 2 ** 20, 0)} MiB`;
const ms = (value) => `${formatNumber(value, value < 10 ? 2 : 0)} ms`;

/** @returns {{ what: string, found: string, isGood: boolean }[]} */
export function judge(result) {
  const { tally, history, presence, metrics, memory, log, spans, reloads, kills, workers, exit } = result;
  const none = (what, value) => ({ what, found: count(value), isGood: value === 0 });
  const ledger = (name, { found, missing }) => [
    none(`${name}: acknowledged and missing`, missing),
    none(`${name}: there twice, though sent once`, found.repeated),
    none(`${name}: out of order in a client`, found.misordered),
    none(`${name}: of nobody`, found.unknown),
  ];
  return [
    none('calls failed', tally.seen.failed),
    none('connections lost without a kill', tally.seen.strayConnections),
    ...ledger('messages in NATS', history),
    ...ledger('events in Redis', presence),
    ...Object.entries(metrics.losses).map(([name, value]) => none(`\`${name}\``, value)),
    none('failed scrapes of `/metrics`', metrics.problems.length),
    { what: 'spans', found: count(spans), isGood: spans > 0 },
    {
      what: 'reloads in force, of all workers',
      found: `${log.reloads} of ${reloads * workers}`,
      isGood: log.reloads >= reloads * workers - kills && reloads > 0,
    },
    {
      what: 'workers killed, that died, and started again by `/metrics`',
      found: `${kills}, ${log.deaths}, ${metrics.restarts}`,
      isGood: kills === metrics.restarts && kills === log.deaths && kills > 0,
    },
    { what: 'exit status', found: `${exit}`, isGood: exit === 0 },
    ...memory
      .filter(({ name, isWhole }) => isWhole && (name === 'supervisor' || name === 'worker'))
      .map(({ name, growth }) => ({
        what: `memory of the ${name === 'worker' ? 'worker that lived through it' : name}, last fifth ÷ second`,
        found: growth.toFixed(2) + (result.minutes < LEAST_MINUTES ? ', too short to say' : ''),
        isGood: growth <= MOST_GROWTH || result.minutes < LEAST_MINUTES,
      })),
  ];
}

export function describe(result) {
  const { minutes, workers, clients, capacity, rate, tally, history, presence } = result;
  const [cpu] = cpus();
  return [
    `${formatNumber(minutes, minutes < 2 ? 1 : 0)} minutes on ${cpu?.model.trim()} (${cpus().length} cores), Node.js ${process.version}. ` +
      `${workers} workers, ${clients} clients on 8 connections. NATS, Redis, the load and the comparison ran on the same machine.`,
    `Capacity with this mix: ${count(capacity)} acts a second; the run was at ${count(rate)}, ${count(tally.seen.calls)} calls in all. ` +
      `${count(history.acknowledged)} messages were acknowledged, and ${count(presence.acknowledged)} other events.`,
    `${count(result.refused)} calls crossed the goodbye of a connection that had reached its age: they were refused unseen and made again. ` +
      `${count(tally.seen.cut)} calls were in flight on a worker that was killed: their clients sent them again. ` +
      `Of these, ${count(history.found.resentTwice + presence.found.resentTwice)} had been stored by the first attempt too. ` +
      `${count(presence.found.overtaken)} events of a killed or left worker came after newer ones of the same client.`,
  ].join('\n\n');
}

export function formatReport(result, findings) {
  const checks = formatTable(
    ['demand', 'found', 'verdict'],
    findings.map(({ what, found, isGood }) => [what, found, isGood ? 'good' : 'VIOLATED']),
  );
  const times = formatTable(
    ['from due to acknowledged', 'count', 'p50', 'p99', 'longest'],
    [...result.tally.durations].map(([kind, d]) => [
      kind,
      count(d.total),
      ms(d.quantile(0.5)),
      ms(d.quantile(0.99)),
      ms(d.longest),
    ]),
  );
  const memory = formatTable(
    ['process', 'lived', 'RSS at the end', 'most', 'last fifth ÷ second'],
    result.memory.map(({ name, isWhole, last, most, growth }) => [
      name,
      isWhole ? 'all the time' : 'a part',
      mib(last),
      mib(most),
      growth.toFixed(2),
    ]),
  );
  return [describe(result), checks, times, memory].join('\n\n');
}

/** @throws if the page has no place for it */
export function openPage(path) {
  const text = readFileSync(path, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${path} needs the lines ${BEGIN} and ${END}, in this order`);
  return {
    /** Reads the page again: it may have been edited during the run. */
    write(markdown) {
      const now = readFileSync(path, 'utf8');
      const [head] = now.split(BEGIN);
      const tail = now.slice(now.indexOf(END));
      writeFileSync(path, `${head}${BEGIN}\n\n${markdown}\n\n${tail}`);
    },
  };
}
