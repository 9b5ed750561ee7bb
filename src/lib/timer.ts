/** The longest delay of a Node timer, in milliseconds: about 24.8 days. A longer one fires at once. */
export const MAX_TIMER_DELAY = 2 ** 31 - 1;
