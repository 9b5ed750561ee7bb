/** A storm in virtual time: callers that arrive at a steady rate, and a service with limited capacity. */
import type { Admission, AdmissionClock } from '../../../src/lib/admission/admission.ts';

export interface VirtualClock extends AdmissionClock {
  /** Lets time pass, and everything happen that is due. */
  pass(milliseconds: number): Promise<void>;
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Lets promises have their say: no chain of the code under test is longer than this. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn++) await Promise.resolve();
}

export function aVirtualClock(): VirtualClock {
  let time = 0;
  /** By time, earliest first. */
  const timers: Timer[] = [];
  return {
    now: () => time,
    after(milliseconds, run) {
      const at = time + milliseconds;
      let place = timers.length;
      while (place > 0 && (timers[place - 1] as Timer).at > at) place--;
      timers.splice(place, 0, { at, run });
    },
    async pass(milliseconds) {
      const end = time + milliseconds;
      while ((timers[0]?.at ?? Number.POSITIVE_INFINITY) <= end) {
        const timer = timers.shift() as Timer;
        time = timer.at;
        timer.run();
        await settle();
      }
      await settle();
      time = end;
    },
  };
}

/** Something that works on so many requests at once, queues the others, and never gives up one. */
export interface FakeService {
  request(): Promise<void>;
  readonly answered: number;
  /** Most requests that were in it at once, since it was last read. */
  peak(): number;
}

/** @param durationOf milliseconds of the n-th request. */
export function aService(
  clock: AdmissionClock,
  servers: number,
  durationOf: (n: number) => number,
): FakeService {
  const queue: (() => void)[] = [];
  let busy = 0;
  let count = 0;
  let answered = 0;
  let peak = 0;
  const work = (done: () => void): void => {
    busy++;
    clock.after(durationOf(count++), () => {
      busy--;
      answered++;
      done();
      const next = queue.shift();
      if (next !== undefined) work(next);
    });
  };
  return {
    request() {
      const done = new Promise<void>((resolve) => {
        if (busy < servers) work(resolve);
        else queue.push(resolve);
      });
      peak = Math.max(peak, busy + queue.length);
      return done;
    },
    get answered() {
      return answered;
    },
    peak() {
      const most = peak;
      peak = 0;
      return most;
    },
  };
}

export interface StormReport {
  /** Callers that were served in time, by the second in which they were. */
  readonly served: number[];
  /** Milliseconds that refused callers waited, by the second in which they came. */
  readonly refusals: number[][];
  /** Callers that were neither served nor refused in time. */
  readonly late: number[];
}

export interface StormOptions {
  readonly clock: VirtualClock;
  readonly admission: Admission;
  readonly work: () => Promise<void>;
  /** Callers in a second. */
  readonly rate: number;
  readonly seconds: number;
  /** Milliseconds that a caller waits. */
  readonly patience: number;
}

export async function aStorm(options: StormOptions): Promise<StormReport> {
  const { clock, admission, work, rate, seconds, patience } = options;
  const zeros = () => Array.from({ length: seconds + Math.ceil(patience / 1000) + 1 }, () => 0);
  const report = { served: zeros(), refusals: zeros().map((): number[] => []), late: zeros() };
  const begin = clock.now();
  const second = () => Math.floor((clock.now() - begin) / 1000);
  const call = (): void => {
    const since = clock.now();
    const came = second();
    admission.run(work, { deadline: since + patience }).then(
      () => {
        if (clock.now() - since <= patience) (report.served[second()] as number)++;
        else (report.late[came] as number)++;
      },
      () => report.refusals[came]?.push(clock.now() - since),
    );
  };
  for (let i = 0; i < rate * seconds; i++) clock.after((i * 1000) / rate, call);
  await clock.pass(seconds * 1000 + patience + 1);
  return report as StormReport;
}
