/** The frame around the views: menu, state of the connection, theme, help. */
import { useEffect } from 'preact/hooks';
import { info, loadInfo } from '../api/info.ts';
import { token } from '../api/session.ts';
import { Announcer } from '../ui/announce.tsx';
import { Help } from './help.tsx';
import { useViewKeys } from './keys.ts';
import { go, urlWith, view } from './route.ts';
import { SignIn } from './sign-in.tsx';
import { Status } from './status.tsx';
import { nextTheme, theme } from './theme.ts';
import { viewsHere } from './views.ts';

export function App() {
  return (
    <>
      {token.value === '' ? <SignIn /> : <Frame />}
      <Announcer />
    </>
  );
}

function Frame() {
  useEffect(() => {
    // The view that is open says what is wrong.
    loadInfo().catch(() => {});
  }, []);
  useViewKeys();
  const views = viewsHere();
  // Which views there are is known once the server has said what it can.
  const isKnown = info.value !== undefined || view.value === 'live';
  const chosen = views.find(({ id }) => id === view.value) ?? (isKnown ? views[0] : undefined);
  if (chosen === undefined) return null;
  const { Component } = chosen;
  return (
    <div class="frame">
      <header class="top">
        <h1 class="brand">
          exhook <span>inspector</span>
        </h1>
        <nav class="menu" aria-label="Views">
          {views.map(({ id, label }) => (
            <ViewLink id={id} label={label} isChosen={id === chosen.id} key={id} />
          ))}
        </nav>
        <div class="status push">
          <Status />
        </div>
        <div class="tools">
          <button
            type="button"
            class="button plain"
            onClick={nextTheme}
            title="Dark, light, or as the system"
          >
            <span class="hidden-text">Theme: </span>
            {{ system: 'Auto', light: 'Light', dark: 'Dark' }[theme.value]}
          </button>
          <Help />
        </div>
      </header>
      <main class={chosen.isFull ? 'view full' : 'view'} tabIndex={chosen.isFull ? -1 : 0}>
        {chosen.isFull ? (
          <Component />
        ) : (
          <div class="page fade" key={chosen.id}>
            <Component />
          </div>
        )}
      </main>
    </div>
  );
}

function ViewLink({
  id,
  label,
  isChosen,
}: {
  readonly id: string;
  readonly label: string;
  readonly isChosen: boolean;
}) {
  const change = { view: id === 'live' ? '' : id, call: undefined, tab: undefined };
  return (
    <a
      href={urlWith(change)}
      aria-current={isChosen ? 'page' : undefined}
      onClick={(event) => {
        // Another tab has no token: that is for the reader to decide.
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        go(change);
      }}
    >
      {label}
    </a>
  );
}
