/** Asks for the token, when the page was opened without it or the server has another. */
import { useSignal } from '@preact/signals';
import { refusal, signIn } from '../api/session.ts';

export function SignIn() {
  const typed = useSignal('');
  return (
    <main class="sign-in">
      <h1 class="brand">
        exhook <span>inspector</span>
      </h1>
      <p>
        Open the URL that exhook printed at its start: it holds the token. Or paste that URL, or the token of{' '}
        <code>inspector.token</code>, here.
      </p>
      {refusal.value === undefined ? null : (
        <p class="notice warn" role="alert">
          {refusal.value}
        </p>
      )}
      <form
        class="row-of"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.value.trim() !== '') signIn(typed.value);
        }}
      >
        <input
          class="field"
          type="password"
          aria-label="Token or printed URL"
          autocomplete="off"
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
        <button type="submit" class="button main">
          Open
        </button>
      </form>
    </main>
  );
}
