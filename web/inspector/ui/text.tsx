/** Text that strangers chose: always a text node, with what cannot be seen as an escape. */
import type { ComponentChildren } from 'preact';
import { splitPrintable } from '../../../src/lib/printable.ts';

/** Longer texts are cut here: a screen shows less, and laying out 64 KB takes long. */
const MOST_CHARACTERS = 300;

interface TextProps {
  readonly children: string;
  /** In blocks that scroll. Default: the first 300 characters. */
  readonly whole?: boolean;
}

export function Text({ children, whole = false }: TextProps) {
  const isCut = !whole && children.length > MOST_CHARACTERS;
  const parts = splitPrintable(isCut ? children.slice(0, MOST_CHARACTERS) : children, whole);
  return (
    <bdi class="text">
      {parts.map(
        ({ text, isEscape }): ComponentChildren =>
          isEscape ? (
            <span class="escape" key={text}>
              {text}
            </span>
          ) : (
            text
          ),
      )}
      {isCut ? <span class="dim"> … {children.length.toLocaleString('en')} characters</span> : null}
    </bdi>
  );
}
