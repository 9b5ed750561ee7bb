/**
 * Waits for work, but not for ever.
 *
 * @param milliseconds that it may take. What is late goes on, and nobody hears of it.
 * @returns whether it was done in time. @throws what the work throws in time.
 */
export async function withTimeout(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
