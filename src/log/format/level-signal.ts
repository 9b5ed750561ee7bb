/** SIGUSR2 changes the level of the log. A supervisor takes it, and tells its workers. */
import type { LevelSwitch } from './level-switch.ts';

/** From the supervisor to a worker. */
interface LevelOrder {
  readonly exhook: 'log-level';
  readonly isRaised: boolean;
}

/** What of a worker is needed to tell it. */
export interface Told {
  isConnected(): boolean;
  send(message: object, done: () => void): unknown;
}

export function followLevelSignal(levels: LevelSwitch): void {
  process.on('SIGUSR2', () => levels.toggle());
}

/**
 * In a worker. A signal to the whole group of processes reaches workers too: what counts is what the supervisor says,
 * or they would end up on different levels.
 */
export function followSupervisorLevel(levels: Pick<LevelSwitch, 'raise'>): void {
  process.on('SIGUSR2', () => {});
  process.on('message', (message) => {
    if (isOrder(message)) levels.raise(message.isRaised);
  });
}

/** In a supervisor. A worker that has ended meanwhile need not be told. */
export function tellLevel(worker: Told, { isRaised }: Pick<LevelSwitch, 'isRaised'>): void {
  const order: LevelOrder = { exhook: 'log-level', isRaised };
  if (worker.isConnected()) worker.send(order, () => {});
}

function isOrder(message: unknown): message is LevelOrder {
  return (message as Partial<LevelOrder> | null)?.exhook === 'log-level';
}
