/**
 * Measures what gets through when far more arrives than can be looked up or stored: `npm run bench:overload -- --help`.
 */
import { availableParallelism } from 'node:os';
import { startProgram } from '../test/loss/program.mjs';
import { buildBench } from './lib/build.mjs';
import { openDocument } from './lib/document.mjs';
import { warnWhenBusy } from './lib/machine.mjs';
import { readCount, readList, readOptions, runMain } from './lib/options.mjs';
import { quantile } from './lib/pace.mjs';
import { makeDirectory } from './lib/servers.mjs';
import { formatTable, say } from './lib/table.mjs';

const usage = `Usage: npm run bench:overload -- [options]

  --times <list>    how many times the capacity comes (2,10,50)
  --seconds <n>     of each storm (8)
  --capacity <n>    of the HTTP service and the sink, a second (40)
  --only <list>     of bcrypt, http, sink (all)
  --write           put the tables into docs/operations.md, between its markers`;

/** Share of the capacity that must get through in each second. */
const GOAL = 0.8;
/** Topic checks per second without a look-up, beside the storm. */
const CHECKS = 100;
/** Seconds. */
const WARM_UP = 4;

await runMain(main);

async function main() {
  const options = readOptions(usage, {
    times: { type: 'string', default: '2,10,50' },
    seconds: { type: 'string', default: '8' },
    capacity: { type: 'string', default: '40' },
    only: { type: 'string', default: 'bcrypt,http,sink' },
    write: { type: 'boolean', default: false },
  });
  const document = options.write ? openDocument('docs/operations.md') : undefined;
  const seconds = readCount('seconds', options.seconds);
  const capacity = readCount('capacity', options.capacity);
  await buildBench();
  warnWhenBusy(say);
  const { scenarios } = await import('./overload/scenarios.mjs');
  const rows = [];
  for (const name of readList(options.only)) {
    if (scenarios[name] === undefined) throw new Error(`there is no "${name}": write bcrypt, http or sink`);
    for (const times of readList(options.times))
      rows.push(await run(scenarios[name], { times: readCount('times', times), seconds, capacity }));
  }
  const head = [
    '',
    'times',
    'capacity/s: alone, beside',
    'served in each second',
    'worst',
    'refused: p50, p99 ms',
  ];
  const table = formatTable([...head, 'checks: p99 before, in the storm, ms', 'a second later'], rows);
  const text = [
    `Measured on ${new Date().toISOString().slice(0, 10)}; goal: ${GOAL} of the capacity beside as many calls that need no look-up, callers and server on the same ${availableParallelism()} cores.`,
    '',
    table,
  ];
  say(`\n${text.join('\n')}`);
  document?.write(text.join('\n'));
}

async function run(open, { times, seconds, capacity: configured }) {
  const scenario = await open(configured);
  const server = await startProgram(makeDirectory([]), () => ({
    events: { stdout: 'off' },
    decisions: { log: 'off' },
    authorize: { rules: [{ allow: 'publish', topics: 'a/#' }] },
    ...scenario.config,
  }));
  const { openCallers } = await import('./overload/callers.mjs');
  const { check } = await import('./overload/kinds.mjs');
  const { practise } = await import('./overload/practice.mjs');
  const [callers, checkers] = [await openCallers(server.port), await openCallers(server.port)];
  const checks = (length) => checkers.storm(check, { rate: CHECKS, seconds: length });
  try {
    const alone = await scenario.capacityOf(callers);
    const [, capacity] = await Promise.all([
      // Both sides are warm then, as when a broker restarts while the server keeps running.
      checkers.storm(check, { rate: alone * times, seconds: WARM_UP }),
      scenario.capacityOf(callers, WARM_UP),
    ]);
    await practise(scenario.kind, alone * times);
    const calm = { rate: alone / 2, seconds: 3 };
    await callers.storm(scenario.kind, calm);
    const before = await checks(3);
    say(`${scenario.title}: ${times} times ${alone.toFixed(0)} a second`);
    const [answers, during] = await Promise.all([
      callers.storm(scenario.kind, { rate: alone * times, seconds }),
      checks(seconds),
    ]);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const after = await callers.storm(scenario.kind, calm);
    const served = Array.from({ length: seconds }, (_, second) => servedIn(answers, second));
    const inVain = await scenario.storedInVain?.(answers);
    if (inVain !== undefined)
      say(`stored although their publishers were told that they are dropped: ${inVain}`);
    return [
      scenario.title,
      `${times}`,
      `${alone.toFixed(0)}, ${capacity.toFixed(0)}`,
      served.join(' '),
      `${(Math.min(...served) / capacity).toFixed(2)}${Math.min(...served) < GOAL * capacity ? ' (!)' : ''}`,
      quantiles(
        answers.filter(({ outcome }) => outcome === 'refused'),
        [0.5, 0.99],
      ),
      `${quantiles(before, [0.99])}, ${quantiles(during, [0.99])}`,
      `${after.filter(({ outcome }) => outcome === 'served').length} of ${after.length}`,
    ];
  } finally {
    callers.close();
    checkers.close();
    await server.end('SIGTERM');
    await scenario.close();
  }
}

function servedIn(answers, second) {
  return answers.filter(({ outcome, at }) => outcome === 'served' && Math.floor(at / 1000) === second).length;
}

function quantiles(answers, parts) {
  const waits = answers.map(({ cameAt, at }) => at - cameAt).sort((a, b) => a - b);
  return waits.length === 0 ? '-' : parts.map((part) => quantile(waits, part).toFixed(1)).join(', ');
}
