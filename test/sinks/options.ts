/** What sinks are opened with in tests. */
import type * as z from 'zod';
import type { SinkWorld } from '../../src/sinks/sink.ts';

export const quietLog: SinkWorld['log'] = { info: () => {}, warn: () => {}, error: () => {} };

export function sinkWorld(world: Partial<SinkWorld> = {}): SinkWorld {
  return { name: 'test', log: quietLog, env: {}, ...world };
}

/** Options as written in a file, with the defaults of the section. */
export function optionsOf<Section extends z.ZodType>(section: Section, written: object): z.output<Section> {
  return section.parse(written);
}

/** A signal that is never aborted. */
export const forever = new AbortController().signal;
