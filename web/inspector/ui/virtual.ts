/** Draws only the rows that can be seen. Rows have one height, and keys that stay when others come before them. */
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useReducer, useState } from 'preact/hooks';

interface ListShape {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly count: number;
  /** Pixels. */
  readonly rowHeight: number;
  /** Pixels of what stands above the rows in the same scroller, and stays there. */
  readonly header: number;
  keyAt(index: number): number;
  /** Whether rows that are added at the end come into sight, when the end is. */
  readonly isFollowed: boolean;
}

export interface VirtualList {
  readonly items: readonly VirtualItem[];
  /** Pixels. */
  readonly height: number;
  scrollTo(index: number): void;
  scrollToEnd(): void;
}

/** Pixels at the lower edge where the button to the newest row may be. */
const CLEAR = 52;
/** Pixels below the last row. */
const PADDING = 8;

/** Stays at the end when rows are added there, and otherwise where it is. */
export function useVirtualList({
  scroller,
  count,
  rowHeight,
  header,
  keyAt,
  isFollowed,
}: ListShape): VirtualList {
  const [, redraw] = useReducer((turn: number) => turn + 1, 0);
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: keyAt,
    scrollMargin: header,
    scrollPaddingStart: header,
    scrollPaddingEnd: CLEAR,
    overscan: 4,
    anchorTo: 'end' as const,
    followOnAppend: isFollowed,
    paddingEnd: PADDING,
    scrollEndThreshold: rowHeight + PADDING,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => redraw(undefined as never),
  };
  const [list] = useState(() => new Virtualizer<HTMLElement, Element>(options));
  list.setOptions(options);
  useLayoutEffect(() => list._didMount(), [list]);
  useLayoutEffect(() => list._willUpdate());
  // Sizes of another layout.
  useLayoutEffect(() => list.measure(), [rowHeight, header]);
  return {
    items: list.getVirtualItems(),
    height: list.getTotalSize(),
    scrollTo: (index) => list.scrollToIndex(index, { align: 'auto' }),
    scrollToEnd: () => list.scrollToEnd(),
  };
}
