/** Work that would hold up the thread that answers calls. What goes in and comes out can be given to another thread. */
import type { ConfigJob, PlacesJob } from '../config/file-job.ts';
import type { AclJob } from '../lookup/acl/job.ts';
import type { UsersJob } from '../lookup/users/job.ts';

/** What a job gives back, and which buffers of it go along instead of being copied. */
export interface JobResult<Output> {
  readonly output: Output;
  readonly transfer: readonly ArrayBuffer[];
}

export interface Jobs {
  readonly acl: AclJob;
  readonly config: ConfigJob;
  /** Finds where in a configuration file problems are. */
  readonly places: PlacesJob;
  readonly users: UsersJob;
}

/** Every job by its name; a thread loads what its own needs. */
export const jobs: { readonly [Name in keyof Jobs]: () => Promise<JobOf<Name>> } = {
  acl: async () => (await import('../lookup/acl/job.ts')).aclJob,
  config: async () => (await import('../config/file-job.ts')).configJob,
  places: async () => (await import('../config/file-job.ts')).placesJob,
  users: async () => (await import('../lookup/users/job.ts')).usersJob,
};

export type JobOf<Name extends keyof Jobs> = (input: Jobs[Name]['input']) => JobResult<Jobs[Name]['output']>;
