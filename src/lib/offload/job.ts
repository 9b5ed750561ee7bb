/** A job that would block the event loop. Its input and output can be sent to another thread. */

/** The result of a job, and its buffers to transfer instead of copying. */
export interface JobResult<Output> {
  readonly output: Output;
  readonly transfer: readonly ArrayBuffer[];
}

/** Names known to the thread's entry point. */
export type JobName = 'acl' | 'config' | 'places' | 'users';

export interface Job<Input, Output> {
  readonly name: JobName;
  /** Loads the function for environments without another thread. */
  load(): Promise<(input: Input) => JobResult<Output>>;
}
