/** Work that would block the event loop. Its input and output can be sent to another thread. */

/** What a job gives back, and which buffers of it go along instead of being copied. */
export interface JobResult<Output> {
  readonly output: Output;
  readonly transfer: readonly ArrayBuffer[];
}

/** As the entry of the thread knows them. */
export type JobName = 'acl' | 'config' | 'places' | 'users';

export interface Job<Input, Output> {
  readonly name: JobName;
  /** Loads what does it, where there is no other thread. */
  load(): Promise<(input: Input) => JobResult<Output>>;
}
