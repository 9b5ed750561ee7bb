/** Opens the sinks of a configuration: the code of a kind is loaded only if a sink is of that kind. */
import type { QueueOptions } from '../config/sections/queue.ts';
import { kindOf, type SinkSection, type Sinks } from '../config/sections/sinks.ts';
import { DEFAULT_CONCURRENCY, type SinkKind } from '../sinks/kind.ts';
import type { OpenSink, SinkWorld } from '../sinks/sink.ts';
import { findReserved, guardTargets, type TargetWorld } from '../sinks/target-guard.ts';
import type { OpenedSink } from './opened-sink.ts';

/**
 * Opens all sinks without waiting for their systems.
 *
 * @param targets the targets that events may not choose. Default: none.
 * @throws TypeError with a line for each sink whose options cannot be used; sinks that were opened are closed.
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
  const { kind, options } = kindOf(section);
  const open: OpenSink<unknown> = await kind.load();
  const reserved = findReserved(kind, options, targets);
  const sink = await open(options, { ...world, name });
  return {
    sink: reserved === undefined ? sink : guardTargets(sink, reserved),
    queue: queueOf(section.queue, kind),
    deadLetter: section.deadLetter,
    isRequired: section.require,
    keepsEvents: kind.isPipe === true,
  };
}

function queueOf(
  queue: QueueOptions,
  { concurrency: usual = DEFAULT_CONCURRENCY, isPipe }: SinkKind,
): OpenedSink['queue'] {
  const { concurrency = usual } = queue;
  // What goes to a pipe that nobody reads waits for the reader, however long that takes.
  const retry = isPipe ? { ...queue.retry, timeout: 0 } : queue.retry;
  return { ...queue, concurrency, retry };
}
