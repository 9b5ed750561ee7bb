/** Digits lead to the views, except while the user types. */
import { useEffect } from 'preact/hooks';
import { isTyping } from '../live/keys.ts';
import { go } from './route.ts';
import { viewsHere } from './views.ts';

export function useViewKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event)) return;
      const chosen = /^[1-9]$/.test(event.key) ? viewsHere()[Number(event.key) - 1] : undefined;
      if (chosen === undefined) return;
      event.preventDefault();
      go({ view: chosen.id === 'live' ? '' : chosen.id, call: undefined, tab: undefined });
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
