/**
 * Warns when a broker node has an outdated hook list: once per node and difference, and again after an hour.
 */
import { clip } from '../../lib/clip.ts';
import type { Logger } from '../../log/log.ts';
import type { ListDifference } from './list-evidence.ts';
import type { NodeCalls } from './node-calls.ts';

/** Milliseconds until the warning is repeated. */
const AGAIN_AFTER = 3_600_000;

/** The remedy, for every text that needs it. */
export const RELOAD_REMEDY =
  'reload this server in the broker: exhook register --reload, or disable and enable it in the dashboard or with emqx ctl exhook server disable NAME and enable NAME';

export class ListWarnings {
  readonly #log: Pick<Logger, 'warn'>;
  readonly #now: () => number;
  readonly #tell: (node: string, state: string) => void;
  readonly #told = new Map<string, { readonly state: string; readonly at: number }>();

  /**
   * @param tell tells the other processes of this server which warning was logged. @param now milliseconds.
   */
  constructor(
    log: Pick<Logger, 'warn'>,
    now: () => number,
    tell: (node: string, state: string) => void = () => {},
  ) {
    this.#log = log;
    this.#now = now;
    this.#tell = tell;
  }

  look(nodes: readonly NodeCalls[]): void {
    for (const { node, outdated } of nodes) {
      if (outdated === undefined) this.#told.delete(node);
      else if (this.#isNews(node, stateOf(outdated))) this.#warn(node, outdated);
    }
  }

  /** Another process has logged this warning. */
  heard(node: string, state: string): void {
    this.#told.set(node, { state, at: this.#now() });
  }

  #isNews(node: string, state: string): boolean {
    const before = this.#told.get(node);
    return before?.state !== state || this.#now() - before.at >= AGAIN_AFTER;
  }

  #warn(node: string, outdated: ListDifference): void {
    this.heard(node, stateOf(outdated));
    this.#tell(node, stateOf(outdated));
    this.#log.warn({ node: clip(node), ...outdated }, `${describeDifference(outdated)}: ${RELOAD_REMEDY}`);
  }
}

/** Describes in one clause which hooks differ and what that means. */
export function describeDifference({ missing, extra, otherTopics }: ListDifference): string {
  const parts = [
    ...(missing.length > 0
      ? [`it does not call ${missing.join(', ')}: the policies of these hooks are not enforced`]
      : []),
    ...(otherTopics.length > 0 ? [`it calls ${otherTopics.join(', ')} for other topics`] : []),
    ...(extra.length > 0 ? [`it calls ${extra.join(', ')}, which this server does not need`] : []),
  ];
  return `the hook list of a broker node is not the current one (${parts.join('; ')})`;
}

function stateOf({ missing, extra, otherTopics }: ListDifference): string {
  return JSON.stringify([missing, extra, otherTopics]);
}
