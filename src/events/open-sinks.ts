/** Opens the sinks of a configuration: the code of a kind is loaded when a sink is of that kind. */
import type { QueueOptions } from '../config/sections/queue.ts';
import { kindOf, type SinkKind, type SinkSection, type Sinks } from '../config/sections/sinks.ts';
import type { OpenSink, SinkWorld } from '../sinks/sink.ts';
import { forbiddenIn, guardTargets, type TargetWorld } from '../sinks/target-guard.ts';
import type { OpenedSink } from './opened-sink.ts';

type OptionsOf<Kind extends SinkKind> = NonNullable<SinkSection[Kind]>;

const openers: { readonly [Kind in SinkKind]: () => Promise<OpenSink<OptionsOf<Kind>>> } = {
  stdout: () => import('../sinks/stdout/sink.ts').then(({ openStdout }) => openStdout),
  file: () => import('../sinks/file/open.ts').then(({ openFile }) => openFile),
  http: () => import('../sinks/http/open.ts').then(({ openHttp }) => openHttp),
  nats: () => import('../sinks/nats/open.ts').then(({ openNats }) => openNats),
  kafka: () => import('../sinks/kafka/sink.ts').then(({ openKafka }) => openKafka),
  redis: () => import('../sinks/redis/open.ts').then(({ openRedis }) => openRedis),
  postgres: () => import('../sinks/postgres/sink.ts').then(({ openPostgres }) => openPostgres),
  rabbitmq: () => import('../sinks/rabbitmq/sink.ts').then(({ openRabbitmq }) => openRabbitmq),
  mqtt: () => import('../sinks/mqtt/sink.ts').then(({ openMqtt }) => openMqtt),
  module: () =>
    import('../sinks/module/open.ts').then(
      ({ openModule }) =>
        (options, world) =>
          openModule(options, world),
    ),
};

/** Kinds that write into one place, one after another: several batches at once would bring nothing but disorder. */
const oneByOne: ReadonlySet<string> = new Set(['stdout', 'file']);
const DEFAULT_CONCURRENCY = 4;

/**
 * Opens all, and waits for none of their systems.
 *
 * @param targets what events may not choose. Default: nothing is of grants, and nothing was written by an operator.
 * @throws TypeError with a line for each sink whose options cannot be used; those that were opened are closed.
 */
export async function openSinks(
  sinks: Sinks,
  world: Omit<SinkWorld, 'name'>,
  targets: TargetWorld = { grantKeys: [], written: [] },
): Promise<OpenedSink[]> {
  const settled = await Promise.allSettled(
    Object.entries(sinks).map(([name, section]) => openOne(name, section, world, targets)),
  );
  const opened = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const problems = settled.flatMap((one, i) =>
    one.status === 'rejected' ? [`sinks.${Object.keys(sinks)[i]}: ${(one.reason as Error).message}`] : [],
  );
  if (problems.length === 0) return opened;
  await Promise.allSettled(opened.map(({ sink }) => sink.close()));
  throw new TypeError(problems.join('\n'));
}

async function openOne(
  name: string,
  section: SinkSection,
  world: Omit<SinkWorld, 'name'>,
  targets: TargetWorld,
): Promise<OpenedSink> {
  const kind = kindOf(section);
  const open = (await openers[kind]()) as OpenSink<unknown>;
  const forbidden = forbiddenIn(section, targets);
  const sink = await open(section[kind], { ...world, name });
  return {
    sink: forbidden === undefined ? sink : guardTargets(sink, forbidden),
    queue: queueOf(section.queue, kind),
    deadLetter: section.deadLetter,
    isRequired: section.require,
    keepsEvents: kind === 'stdout',
  };
}

function queueOf(queue: QueueOptions, kind: SinkKind): OpenedSink['queue'] {
  const concurrency = queue.concurrency ?? (oneByOne.has(kind) ? 1 : DEFAULT_CONCURRENCY);
  // What goes to a pipe that nobody reads waits for the reader, however long that takes.
  const retry = kind === 'stdout' ? { ...queue.retry, timeout: 0 } : queue.retry;
  return { ...queue, concurrency, retry };
}
