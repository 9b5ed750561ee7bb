/** The keys of the page, in a dialog. */
import { useEffect, useRef } from 'preact/hooks';
import { isTyping } from '../live/keys.ts';

const keys: readonly [key: string, does: string][] = [
  ['Space', 'pause or resume; calls are kept meanwhile'],
  ['/', 'go to the filter; Escape returns'],
  ['↑ ↓ or k j', 'move through the calls'],
  ['Home, End', 'oldest and newest call'],
  ['Enter', 'open the call; Escape closes it'],
  ['← →', 'change the tab of the call'],
  ['c', 'copy the call as JSON'],
  ['1 to 9', 'change the view'],
  ['?', 'this help'],
];

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const show = () => dialog.current?.showModal();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '?' || isTyping(event)) return;
      event.preventDefault();
      dialog.current?.showModal();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <>
      <button type="button" class="button plain" onClick={show} aria-label="Keys" title="Keys">
        ?
      </button>
      <dialog class="help" ref={dialog} aria-labelledby="help-title">
        <h2 id="help-title">Keys</h2>
        <dl class="facts">
          {keys.map(([key, does]) => (
            <>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{does}</dd>
            </>
          ))}
        </dl>
        <form method="dialog">
          <button type="submit" class="button">
            Close
          </button>
        </form>
      </dialog>
    </>
  );
}
