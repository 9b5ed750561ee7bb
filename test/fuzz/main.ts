/**
 * `npm run fuzz`. The loop runs on its own thread, to detect an input that never ends: the main thread sees that
 * nothing moves, and knows the input.
 */
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { keep, readCorpus } from './corpus.ts';
import { checkInput, fuzz } from './fuzz.ts';
import { readHeartbeat, writeHeartbeat } from './heartbeat.ts';
import type { Json, Target } from './target.ts';
import { openTargets } from './targets.ts';

interface Order {
  readonly seconds: number;
  readonly seed: number;
  readonly names: readonly string[];
  readonly heartbeat: SharedArrayBuffer;
}

type Message =
  | { readonly kind: 'finding'; readonly target: string; readonly input: Json; readonly error: string }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'done'; readonly runs: readonly (readonly [string, number])[] };

const USAGE = `usage: npm run fuzz -- [--seconds 60] [--seed N] [--target NAME]...
exit status: 0 when nothing was found, 1 when something was, 2 when it was used wrongly`;

/** Milliseconds without a sign of life after which an input is taken to never end. */
const HANGS = 20_000;
/** Bytes of the last input that are kept for that case. */
const HEARTBEAT_BYTES = 1024 * 1024;

if (isMainThread) process.exitCode = await main();
else work(workerData as Order, await openTargets());

async function main(): Promise<number> {
  const order = readOrder();
  if (typeof order === 'string') {
    print(`${order}\n${USAGE}`);
    return 2;
  }
  print(`fuzzing for ${order.seconds} s, seed ${order.seed}`);
  const worker = new Worker(new URL(import.meta.url), {
    workerData: order,
    argv: process.argv.slice(2),
    execArgv: ['--enable-source-maps'],
  });
  return await new Promise((resolve, reject) => {
    let found = 0;
    let since = performance.now();
    let seen = -1;
    const watch = setInterval(() => {
      const { beats, last } = readHeartbeat(order.heartbeat);
      if (beats !== seen || beats === 0) {
        seen = beats;
        since = performance.now();
      } else if (performance.now() - since > HANGS && last !== undefined) {
        report({ kind: 'finding', ...last, error: `no end within ${HANGS} ms` });
        finish(1);
        void worker.terminate();
      }
    }, 500);
    const finish = (status: number): void => {
      clearInterval(watch);
      resolve(status);
    };
    worker.on('message', (message: Message) => {
      if (message.kind === 'finding') {
        found++;
        report(message);
      } else if (message.kind === 'refused') {
        print(`${message.why}\n${USAGE}`);
        finish(2);
      } else {
        for (const [name, count] of message.runs) print(`${String(count).padStart(10)} runs  ${name}`);
        finish(found === 0 ? 0 : 1);
      }
    });
    worker.once('error', (error) => {
      clearInterval(watch);
      reject(error);
    });
  });
}

function readOrder(): Order | string {
  try {
    const { values } = parseArgs({
      options: {
        seconds: { type: 'string', default: '60' },
        seed: { type: 'string' },
        target: { type: 'string', multiple: true, default: [] },
      },
    });
    const seconds = Number(values.seconds);
    const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
    if (!(seconds > 0)) return '--seconds: write a number above 0';
    if (!Number.isInteger(seed)) return '--seed: write a whole number';
    return { seconds, seed, names: values.target, heartbeat: new SharedArrayBuffer(HEARTBEAT_BYTES) };
  } catch (error) {
    return (error as Error).message;
  }
}

function report({ target, input, error }: Message & { kind: 'finding' }): void {
  print(`\nFOUND by ${target}: ${error}\n  kept as ${keep(target, input)}\n`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function work({ seconds, seed, names, heartbeat }: Order, all: readonly Target[]): void {
  const send = (message: Message): void => parentPort?.postMessage(message);
  const known = all.map(({ name }) => name);
  if (!names.every((name) => known.includes(name))) {
    send({ kind: 'refused', why: `--target takes one of: ${known.join(', ')}` });
    return;
  }
  const targets = all.filter(({ name }) => names.length === 0 || names.includes(name));
  const onFinding = (finding: { target: string; input: Json; error: unknown }): void =>
    send({ kind: 'finding', ...finding, error: textOf(finding.error) });
  for (const target of targets) {
    for (const { input } of readCorpus(target.name)) {
      writeHeartbeat(heartbeat, { target: target.name, input });
      try {
        checkInput(target, input);
      } catch (error) {
        onFinding({ target: target.name, input, error });
      }
    }
  }
  const onInput = (target: string, input: Json): void => writeHeartbeat(heartbeat, { target, input });
  const runs = fuzz(targets, { time: seconds * 1000, seed, onInput, onFinding });
  send({ kind: 'done', runs: [...runs] });
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
