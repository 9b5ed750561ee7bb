/** The metrics of what brokers are asked for, of a server or of a supervisor. */
import { gauge, type Metric, single } from './metric.ts';

export interface BrokerMetricSource {
  /** Broker nodes in the allow-all trap; nothing in a worker: only all of them together can tell. */
  readonly neverAsking: () => number | undefined;
  /** Broker nodes with another list of hooks; nothing in a worker, as before. */
  readonly outdated: () => number | undefined;
}

export const neverAsking: Metric<Pick<BrokerMetricSource, 'neverAsking'>> = gauge(
  {
    name: 'exhook_brokers_never_asking',
    help: 'Broker nodes whose clients log in, but which have never asked client.authorize although it is registered',
    labels: [],
    unit: 'broker nodes',
    meaning:
      'Nodes whose clients log in, but which have never asked `client.authorize` although it is registered: the trap that `/hooksz` warns of, with the names.',
  },
  (source) => {
    const nodes = source.neverAsking();
    return nodes === undefined ? [] : single(nodes);
  },
);

export const outdatedNodes: Metric<Pick<BrokerMetricSource, 'outdated'>> = gauge(
  {
    name: 'exhook_brokers_outdated',
    help: 'Broker nodes whose list of hooks differs from the one this server answers now',
    labels: [],
    unit: 'broker nodes',
    meaning:
      'Nodes whose list of hooks differs from the one this server answers now, judged by their calls: a policy may not be enforced there. `/hooksz` has the names and the hooks; [broker-setup.md](broker-setup.md#a-change-of-the-hooks-has-no-effect) says what to do.',
  },
  (source) => {
    const nodes = source.outdated();
    return nodes === undefined ? [] : single(nodes);
  },
);
