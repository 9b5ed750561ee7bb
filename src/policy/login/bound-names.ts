/**
 * The two names that a client chooses itself. A login method vouches for a name when a client that it admits cannot
 * have brought another one: then rules may rely on it.
 */
export const boundNames = ['username', 'clientid'] as const;
export type BoundName = (typeof boundNames)[number];

/** How people call them. */
export const nameWords: Readonly<Record<BoundName, string>> = {
  username: 'user name',
  clientid: 'client id',
};
