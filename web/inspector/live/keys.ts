/** Keys of Live that work wherever the focus is, except while the user types. */
import { useEffect } from 'preact/hooks';
import { copy } from '../ui/announce.tsx';
import { calls, togglePause } from './feed.ts';

/** @param current the call that keys are about */
export function useLiveKeys(current: () => number | undefined): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event)) return;
      if (event.key === '/') document.getElementById('filter')?.focus();
      else if (event.key === ' ' && !isControl(event)) togglePause();
      else if (event.key === 'c') copyCall(current());
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [current]);
}

export function isTyping({ target }: Event): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches('input:not([type=checkbox]), textarea, select, .editor, dialog *'))
  );
}

/** Space presses a button that has the focus. */
const isControl = ({ target }: Event) =>
  target instanceof HTMLElement && target.matches('button, a, summary, input, [role=tab]');

function copyCall(seq: number | undefined): void {
  const call = seq === undefined ? undefined : calls.find(seq);
  if (call !== undefined) void copy(JSON.stringify(call, undefined, 2), 'call as JSON');
}
