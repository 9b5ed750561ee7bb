/**
 * Combines the metrics of several workers. Totals never decrease: Prometheus would treat that as a restart and count
 * everything again. The last counts of a silent or dead worker stay.
 */
import { addUp, type MetricsSnapshot, onlyTotals, type ProcessMetrics } from '../../telemetry/prometheus.ts';

export class Totals {
  readonly #last = new Map<number, MetricsSnapshot>();
  #departed: MetricsSnapshot = [];
  #work: Promise<void> = Promise.resolve();

  /** A worker answered. */
  heard(worker: number, snapshot: MetricsSnapshot): void {
    this.#last.set(worker, snapshot);
  }

  /** A worker has exited: it counts as silent until its last counts are added to the rest. */
  gone(worker: number): Promise<void> {
    this.#work = this.#work.then(async () => {
      const left = this.#last.get(worker);
      if (left === undefined) return;
      const sum = await addUp([onlyTotals(left), this.#departed]);
      this.#departed = await sum.snapshot();
      this.#last.delete(worker);
    });
    return this.#work;
  }

  /** @param answering the workers whose gauges are current. @param own metrics of the supervisor. */
  sum(answering: ReadonlySet<number>, own: MetricsSnapshot): Promise<ProcessMetrics> {
    const parts = [...this.#last].map(([worker, snapshot]) =>
      answering.has(worker) ? snapshot : onlyTotals(snapshot),
    );
    return addUp([...parts, this.#departed, own]);
  }
}
