import type { ServingStatus as Status } from '../protocol/wire/services.ts';

/** `grpc.health.v1.HealthCheckResponse.ServingStatus`; its descriptor need not be loaded for four numbers. */
export const ServingStatus = {
  UNKNOWN: 0,
  SERVING: 1,
  NOT_SERVING: 2,
  SERVICE_UNKNOWN: 3,
} as const satisfies typeof Status;
export type ServingStatus = (typeof ServingStatus)[keyof typeof ServingStatus];

/** Full name of the service. */
export const HEALTH_SERVICE = 'grpc.health.v1.Health';

/**
 * A name that is always SERVING, for probes that restart what does not live. All others say whether calls are wanted,
 * and a restart helps neither a server that drains nor one whose sink is down.
 */
export const LIVENESS = 'liveness';

/** Whether this server wants calls: the state behind `grpc.health.v1` and `/readyz`. */
export class Health {
  readonly #changes = new Set<() => void>();
  readonly #services: ReadonlySet<string>;
  #isServing = false;
  #obstacle: string | undefined;

  /** @param services full names of the services whose state can be asked; "" is the server as a whole. */
  constructor(services: readonly string[]) {
    this.#services = new Set(['', LIVENESS, ...services]);
  }

  /** Whether the server does not drain. */
  get isServing(): boolean {
    return this.#isServing;
  }

  set isServing(value: boolean) {
    this.#isServing = value;
    this.#changed();
  }

  /** What keeps a server that does not drain from being ready: for a person. */
  get obstacle(): string | undefined {
    return this.#obstacle;
  }

  set obstacle(obstacle: string | undefined) {
    this.#obstacle = obstacle;
    this.#changed();
  }

  /** Whether calls are wanted. */
  get isReady(): boolean {
    return this.#isServing && this.#obstacle === undefined;
  }

  has(service: string): boolean {
    return this.#services.has(service);
  }

  statusOf(service: string): ServingStatus {
    if (!this.has(service)) return ServingStatus.SERVICE_UNKNOWN;
    return this.isReady || service === LIVENESS ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
  }

  /** The state now, and again at each change, until the signal. */
  async *watch(service: string, signal: AbortSignal): AsyncGenerator<ServingStatus> {
    let hasChanged = false;
    let wake: () => void = doNothing;
    const change = (): void => {
      hasChanged = true;
      wake();
    };
    this.#changes.add(change);
    signal.addEventListener('abort', change, { once: true });
    try {
      for (let last: ServingStatus | undefined; ; ) {
        hasChanged = false;
        const status = this.statusOf(service);
        // What changes while it is on its way must not be missed.
        if (status !== last) yield status;
        last = status;
        if (signal.aborted) return;
        if (!hasChanged)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      this.#changes.delete(change);
      signal.removeEventListener('abort', change);
    }
  }

  #changed(): void {
    for (const change of this.#changes) change();
  }
}

function doNothing(): void {}
