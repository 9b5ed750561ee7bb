/** What endpoints share. */
import type { Recordings } from '../dev/recordings.ts';
import type { Streams } from '../http/stream.ts';
import type { Sampler } from '../tap/sampler.ts';
import type { PolicyView } from '../why/policy-view.ts';
import type { InspectorWorld } from '../world.ts';

export interface EndpointWorld extends InspectorWorld {
  /** Another one after a restart. */
  readonly epoch: string;
  /** `performance.now()` at the start of the server. */
  readonly startedAt: number;
  readonly streams: Streams;
  readonly sampler: Sampler;
  /** Of `exhook dev`; none elsewhere. */
  readonly recordings: Recordings;
  policyInForce(): PolicyView;
  /** The configuration file as a reader would name it in a command. */
  fileName(): string;
}
