/** Lets one of several workers look after the broker: the first that asks the supervisor, until it exits. */

interface TaskWanted {
  readonly exhook: 'task-wanted';
  readonly id: number;
}

interface TaskGiven {
  readonly exhook: 'task-given';
  readonly id: number;
  readonly isYours: boolean;
}

/** The part of a process that is needed here. */
export interface TaskChannel {
  send?(message: object, handle: undefined, options: undefined, done: (error: Error | null) => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  off(event: 'message', listener: (message: unknown) => void): unknown;
}

/** A worker as the supervisor sees it. */
export interface TaskWorker {
  isConnected(): boolean;
  send(message: object, done: () => void): unknown;
}

/** Milliseconds after which a supervisor that does not answer counts as a no. */
const PATIENCE = 2_000;

/** Runs in a worker: asks whether it has the task now. */
export function askForTask(
  channel: TaskChannel = process as unknown as TaskChannel,
  patience = PATIENCE,
): Promise<boolean> {
  const id = Math.random();
  return new Promise((resolve) => {
    const settle = (isYours: boolean): void => {
      clearTimeout(timer);
      channel.off('message', take);
      resolve(isYours);
    };
    const take = (message: unknown): void => {
      const given = message as Partial<TaskGiven> | null;
      if (given?.exhook === 'task-given' && given.id === id) settle(given.isYours === true);
    };
    const timer = setTimeout(() => settle(false), patience).unref();
    channel.on('message', take);
    const wanted: TaskWanted = { exhook: 'task-wanted', id };
    if (channel.send?.(wanted, undefined, undefined, () => {}) === undefined) settle(false);
  });
}

/** Runs in the supervisor: answers the workers. */
export function createTaskGiver(): (from: TaskWorker, message: unknown) => void {
  let holder: TaskWorker | undefined;
  return (from, message) => {
    const wanted = message as Partial<TaskWanted> | null;
    if (wanted?.exhook !== 'task-wanted' || wanted.id === undefined) return;
    if (holder?.isConnected() !== true) holder = from;
    const given: TaskGiven = { exhook: 'task-given', id: wanted.id, isYours: holder === from };
    from.send(given, () => {});
  };
}
