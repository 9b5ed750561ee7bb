/** Checks periodically whether the required sinks can be reached: the server is not ready without them. */
import { withTimeout } from '../lib/with-timeout.ts';
import type { SinkPipeline } from './sink-pipeline.ts';

export interface RequiredOptions {
  readonly ports: readonly SinkPipeline[];
  /** Called at the first check and at each change: with the reason why the server is not ready, or nothing. */
  readonly changed: (obstacle: string | undefined) => void;
  /** Milliseconds between two checks. Default: 5000. */
  readonly interval?: number;
  /** Milliseconds that a check may take. Default: 4000. */
  readonly timeout?: number;
}

export interface RequiredWatch {
  close(): void;
}

/** @returns nothing if no sink is required. */
export function watchRequired({
  ports,
  changed,
  interval = 5000,
  timeout = 4000,
}: RequiredOptions): RequiredWatch | undefined {
  const required = ports.filter(({ opened, sink }) => opened.isRequired && sink.check !== undefined);
  if (required.length === 0) return undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let last: string | undefined = 'its sinks were not asked yet';
  changed(last);

  const look = async (): Promise<void> => {
    const found = await Promise.all(required.map((port) => findObstacle(port, timeout)));
    if (isClosed) return;
    const obstacle = found.find((one) => one !== undefined);
    if (obstacle !== last) changed(obstacle);
    last = obstacle;
    timer = setTimeout(look, interval).unref();
  };
  void look();
  return {
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

async function findObstacle({ sink, tally }: SinkPipeline, timeout: number): Promise<string | undefined> {
  const late = (): never => {
    throw new Error(`it did not answer for ${timeout} ms`);
  };
  try {
    await withTimeout(Promise.resolve(sink.check?.()), timeout, late);
    return undefined;
  } catch (error) {
    tally.unreachable(error);
    return `the sink ${sink.name} cannot be reached`;
  }
}
