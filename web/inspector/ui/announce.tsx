/** One line at the bottom for what just happened; read aloud by screen readers. */
import { signal } from '@preact/signals';

const message = signal('');
let timer: ReturnType<typeof setTimeout> | undefined;
/** Milliseconds that a line stays. */
const STAY = 2_500;

export function announce(text: string): void {
  clearTimeout(timer);
  message.value = text;
  timer = setTimeout(() => {
    message.value = '';
  }, STAY);
}

export function Announcer() {
  return (
    <div class="announcer" role="status" data-empty={message.value === ''}>
      {message.value}
    </div>
  );
}

/** Copies, and says so. @param what is named in the message: `client id` */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    announce(`Copied the ${what}`);
  } catch {
    announce('The browser does not let this page copy');
  }
}
