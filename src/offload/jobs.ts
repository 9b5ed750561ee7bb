/** Work that would hold up the thread that answers calls. What goes in and comes out can be given to another thread. */
import { type AclJob, aclJob } from '../lookup/acl/job.ts';
import { type UsersJob, usersJob } from '../lookup/users/job.ts';

/** What a job gives back, and which buffers of it go along instead of being copied. */
export interface JobResult<Output> {
  readonly output: Output;
  readonly transfer: readonly ArrayBuffer[];
}

export interface Jobs {
  readonly acl: AclJob;
  readonly users: UsersJob;
}

/** Every job by its name. */
export const jobs: { readonly [Name in keyof Jobs]: JobOf<Name> } = {
  acl: aclJob,
  users: usersJob,
};

export type JobOf<Name extends keyof Jobs> = (input: Jobs[Name]['input']) => JobResult<Jobs[Name]['output']>;
