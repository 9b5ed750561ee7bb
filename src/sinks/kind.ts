/**
 * What a kind of sink says of itself. `src/sinks/KIND/declaration.ts` says it once: the configuration, the pages about it, `exhook
 * check` and the code that opens sinks read it there.
 */
import type * as z from 'zod';
import type { OpenSink } from './sink.ts';

/** How many batches may be under way at once, unless the kind or the configuration says otherwise. */
export const DEFAULT_CONCURRENCY = 4;

export interface SinkKind<
  Name extends string = string,
  Options extends z.ZodType = z.ZodType,
  Target extends string = string,
> {
  /** The key of its options in the section of a sink: `nats`. */
  readonly name: Name;
  /** Where its events end up, as the schema of the configuration has it: `Subjects of NATS JetStream.` */
  readonly summary: string;
  /** Its options. Each has a description with its default; `SinkTls`, `secret()` and `path()` say what TLS, secrets and files are. */
  readonly options: Options;
  /** Loads its code, and the packages that this needs: when a sink is of this kind, and before the port opens. */
  load(): Promise<OpenSink<z.output<Options>>>;
  /** For the table of docs/sinks.md, as Markdown. Absent of a kind that promises nothing. */
  readonly promises?: Promises;
  /** Where in the sink an event goes, where routes may say so. */
  readonly target?: SinkTarget<z.output<Options>, Target>;
  /** How many batches may be under way at once. Default: `DEFAULT_CONCURRENCY`. */
  readonly concurrency?: number;
  /**
   * Whether it is a pipe to somebody who reads: it confirms nothing, waits for the reader without a limit, writes events
   * themselves and not only their encoded form, and no trace leads through it. Default: false.
   */
  readonly isPipe?: boolean;
  /** Packages that cannot be bundled: they are installed beside the program. Default: none. */
  readonly unbundled?: readonly string[];
}

export interface Promises {
  /** What becomes of the order of a client's events. */
  readonly order: string;
  /** When the same event may be there several times. */
  readonly repeats: string;
  /** When an event counts as confirmed. */
  readonly confirmed: string;
}

/** The place in a sink that a delivery goes to: a subject, a topic, a table. */
export interface SinkTarget<Options, Name extends string = string> {
  /** What `shape` of a route may call it, besides `target`. */
  readonly name: Name;
  /** The same in words, such as `routing key`. */
  readonly noun: string;
  /**
   * What a target leads to that begins with what a client chooses, and how it might begin instead. Nothing where others decide
   * about that. Default: nothing.
   */
  leadsTo?(options: Options): Openness | undefined;
  /** The places that are the system's own, and that no client may choose. Default: none. */
  reserved?(options: Options, world: ReservedWorld): Reserved | undefined;
  /** The Redis where it leads to keys, which grants may be kept in, too: its URL. */
  redisUrl?(options: Options): string;
  /** Whether it is added to the place that the options name, and does not replace it. Default: false. */
  readonly isAppended?: boolean;
  /** Whether it may hold a secret, as the path of a URL may: then pages show its placeholders only. Default: false. */
  readonly maySecret?: boolean;
}

export interface Openness {
  /** `any subject` */
  readonly any: string;
  /** `mqtt.` */
  readonly start: string;
}

export interface ReservedWorld {
  /** What the keys of grants begin with. */
  readonly grantKeys: readonly string[];
}

export interface Reserved {
  /** What such targets begin with. */
  readonly starts: readonly string[];
  /** Why an event may not go there. */
  readonly reason: string;
  /** Whether the subject of an event is its target where the route names none. Default: false. */
  readonly orSubject?: boolean;
}

export function defineSinkKind<
  const Name extends string,
  Options extends z.ZodType,
  const Target extends string = never,
>(kind: SinkKind<Name, Options, Target>): SinkKind<Name, Options, Target> {
  return kind;
}
