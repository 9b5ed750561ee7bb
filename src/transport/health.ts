import type { ServingStatus as Status } from '../protocol/wire/services.ts';

/** `grpc.health.v1.HealthCheckResponse.ServingStatus`. Four numbers do not justify loading its descriptor. */
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
 * A service that is always SERVING, for liveness probes. All others report readiness: a restart helps neither a
 * draining server nor one whose sink is down.
 */
export const LIVENESS = 'liveness';

/** Whether this server wants calls: the state behind `grpc.health.v1` and `/readyz`. */
export class Health {
  readonly #changes = new Set<() => void>();
  readonly #services: ReadonlySet<string>;
  #isServing = false;
  #obstacle: string | undefined;

  /** @param services full names of the services that can be checked; "" is the server as a whole. */
  constructor(services: readonly string[]) {
    this.#services = new Set(['', LIVENESS, ...services]);
  }

  /** Whether the server is not draining. */
  get isServing(): boolean {
    return this.#isServing;
  }

  set isServing(value: boolean) {
    this.#isServing = value;
    this.#changed();
  }

  /** Why a server that is not draining is not ready, as text for operators. */
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

  /** Yields the current state, and each change until the signal fires. */
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
        // Catch a change that happens while this state is being delivered.
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
