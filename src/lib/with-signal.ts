/**
 * Awaits the work, or rejects as soon as the signal is aborted. The work then keeps running; its result is
 * ignored.
 *
 * @param aborted makes the error. Default: the reason of the signal.
 */
export function withSignal<Value>(
  work: Promise<Value>,
  signal: AbortSignal,
  aborted: () => unknown = () => signal.reason,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(aborted());
    const settle =
      <Outcome>(end: (outcome: Outcome) => void) =>
      (outcome: Outcome): void => {
        signal.removeEventListener('abort', giveUp);
        end(outcome);
      };
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
    work.then(settle(resolve), settle(reject));
  });
}
