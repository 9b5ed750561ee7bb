/**
 * The two names that a client chooses itself. A login method binds a name if it admits a client only under that name.
 * Rules may rely on bound names.
 */
export const boundNames = ['username', 'clientid'] as const;
export type BoundName = (typeof boundNames)[number];

/** Their names in texts for people. */
export const nameWords: Readonly<Record<BoundName, string>> = {
  username: 'user name',
  clientid: 'client id',
};
