/**
 * The declaration of a kind of sink. `src/sinks/KIND/declaration.ts` contains it; the configuration, the reference
 * pages, `exhook check` and the code that opens sinks read it there.
 */
import type * as z from 'zod';
import type { OpenSink } from './sink.ts';

/** Batches in flight, unless the kind or the configuration sets another number. */
export const DEFAULT_CONCURRENCY = 4;

export interface SinkKind<
  Name extends string = string,
  Options extends z.ZodType = z.ZodType,
  Target extends string = string,
> {
  /** The key of its options in the section of a sink: `nats`. */
  readonly name: Name;
  /** Where its events end up, as text for the configuration schema: `Subjects of NATS JetStream.` */
  readonly summary: string;
  /**
   * Its options. Each has a description with its default; use `SinkTls`, `secret()` and `path()` for TLS, secrets and
   * files.
   */
  readonly options: Options;
  /** Loads its code and the packages it needs: only if a sink of this kind is configured, and before the port opens. */
  load(): Promise<OpenSink<z.output<Options>>>;
  /** For the table in docs/sinks.md, as Markdown. Absent for a kind without guarantees. */
  readonly promises?: Promises;
  /** Where in the sink an event goes, if routes may choose. */
  readonly target?: SinkTarget<z.output<Options>, Target>;
  /** Batches in flight at once. Default: `DEFAULT_CONCURRENCY`. */
  readonly concurrency?: number;
  /**
   * Whether it is a pipe to a reader: it confirms nothing, waits for the reader without a limit, writes events
   * themselves and not only their encoded form, and does not propagate traces. Default: false.
   */
  readonly isPipe?: boolean;
  /** Packages that cannot be bundled and are installed beside the program. Default: none. */
  readonly unbundled?: readonly string[];
}

export interface Promises {
  /** How the order of a client's events is kept. */
  readonly order: string;
  /** When the same event may occur several times. */
  readonly repeats: string;
  /** When an event counts as confirmed. */
  readonly confirmed: string;
}

/** The place in a sink that a delivery goes to: a subject, a topic, a table. */
export interface SinkTarget<Options, Name extends string = string> {
  /** Its name in `shape` of a route, besides `target`. */
  readonly name: Name;
  /** The same as text, such as `routing key`. */
  readonly noun: string;
  /**
   * What a target can reach that begins with a client's choice, and an alternative beginning. Absent if others decide
   * about that.
   */
  leadsTo?(options: Options): Openness | undefined;
  /** Places reserved by the system, which no client may choose. Default: none. */
  reserved?(options: Options, world: ReservedWorld): Reserved | undefined;
  /** The URL of the Redis, if targets are keys in it: grants may be kept there too. */
  redisUrl?(options: Options): string;
  /** Whether it is appended to the place in the options instead of replacing it. Default: false. */
  readonly isAppended?: boolean;
  /**
   * Whether it may contain a secret, as the path of a URL may: pages then show its placeholders only. Default: false.
   */
  readonly maySecret?: boolean;
}

export interface Openness {
  /** `any subject` */
  readonly any: string;
  /** `mqtt.` */
  readonly start: string;
}

export interface ReservedWorld {
  /** The prefix of the keys of grants. */
  readonly grantKeys: readonly string[];
}

export interface Reserved {
  /** The prefix of such targets. */
  readonly starts: readonly string[];
  /** Why an event may not go there. */
  readonly reason: string;
  /** Whether the subject of an event is its target if the route names none. Default: false. */
  readonly orSubject?: boolean;
}

export function defineSinkKind<
  const Name extends string,
  Options extends z.ZodType,
  const Target extends string = never,
>(kind: SinkKind<Name, Options, Target>): SinkKind<Name, Options, Target> {
  return kind;
}
