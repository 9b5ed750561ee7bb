/** All kinds of sinks, in the order of listing. A kind is its folder and its two lines here. */
import { file } from './file/declaration.ts';
import { http } from './http/declaration.ts';
import { kafka } from './kafka/declaration.ts';
import type { SinkKind, SinkTarget } from './kind.ts';
import { module } from './module/declaration.ts';
import { mqtt } from './mqtt/declaration.ts';
import { nats } from './nats/declaration.ts';
import { postgres } from './postgres/declaration.ts';
import { rabbitmq } from './rabbitmq/declaration.ts';
import { redis } from './redis/declaration.ts';
import { stdout } from './stdout/declaration.ts';

const declared = [stdout, file, http, nats, kafka, redis, postgres, rabbitmq, mqtt, module] as const;

type Declared = (typeof declared)[number];
export type SinkName = Declared['name'];

export const sinkKinds: readonly SinkKind<SinkName>[] = declared;

/** The options of each kind by its name, as in the section of a sink: exactly one is present. */
export type OptionsByKind = { readonly [Kind in Declared as Kind['name']]: Kind['options'] };

/** Names for the target of a delivery in routes, besides `target`. */
export type TargetName = NonNullable<Declared['target']>['name'];

/** The targets of the kinds, each name once. Those that replace the sink's own option come first. */
export const sinkTargets: readonly SinkTarget<never, TargetName>[] = listTargets();

function listTargets(): SinkTarget<never, TargetName>[] {
  const targets = declared.flatMap(({ target }) => (target === undefined ? [] : [target]));
  const inOrder = [
    ...targets.filter(({ isAppended }) => !isAppended),
    ...targets.filter(({ isAppended }) => isAppended),
  ];
  return inOrder.filter(({ name }, i) => inOrder.findIndex((other) => other.name === name) === i);
}
