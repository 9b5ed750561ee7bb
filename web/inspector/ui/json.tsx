/** JSON for reading: indented, in a block that scrolls. */
import { Text } from './text.tsx';

/** Longer texts take the browser seconds to lay out. */
const MOST = 200_000;

export function Json({ value }: { readonly value: unknown }) {
  return <Block>{JSON.stringify(value, undefined, 2) ?? 'nothing'}</Block>;
}

/** A text of strangers in several lines. */
export function Block({ children }: { readonly children: string }) {
  const isCut = children.length > MOST;
  return (
    <pre class="block" tabIndex={0}>
      <Text whole>{isCut ? `${children.slice(0, MOST)}\n…` : children}</Text>
    </pre>
  );
}
