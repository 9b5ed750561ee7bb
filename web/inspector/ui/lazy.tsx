/** A part of the page that is loaded when it is opened. */
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { describeError } from '../api/client.ts';

interface Loaded {
  readonly View?: ComponentType;
  readonly problem?: string;
}

export function lazy(load: () => Promise<ComponentType>): ComponentType {
  const loaded = signal<Loaded>({});
  return function Lazy() {
    const [turn, setTurn] = useState(0);
    useEffect(() => {
      if (loaded.peek().View !== undefined) return;
      load().then(
        (View) => {
          loaded.value = { View };
        },
        (error: unknown) => {
          loaded.value = { problem: describeError(error) };
        },
      );
    }, [turn]);
    const { View, problem } = loaded.value;
    if (View !== undefined) return <View />;
    if (problem === undefined) return <p class="dim">Loading …</p>;
    return (
      <div class="notice warn" role="alert">
        <p>This part of the page could not be loaded: {problem}</p>
        <button type="button" class="button" onClick={() => setTurn(turn + 1)}>
          Try again
        </button>
      </div>
    );
  };
}
