/** An event as one readable line for a terminal: time, type, subject, and the main details. */
import type { StampedEvent } from '../../protocol/schema/event.ts';
import { type Fact, factsOf, type Tone } from './pretty-facts.ts';
import { clean, pad } from './pretty-text.ts';

/** As wide as the longest type, session.unsubscribed. */
const TYPE_COLUMNS = 20;
const SUBJECT_COLUMNS = 24;

/** Parameters of the terminal control SGR. [ECMA-48, section 8.3.117] */
const sgr = {
  plain: '',
  dim: '2',
  good: '32',
  bad: '31',
  subject: '1',
  provider: '1;35',
  client: '36',
  session: '34',
  message: '33',
  other: '37',
} as const;

/** The line of an event, without its end. `colours` says whether it goes to a terminal that shows them. */
export function formatEvent(event: StampedEvent, colours: boolean): string {
  const paint = colours ? paintWith : (text: string) => text;
  const type = clean(event.type.replace(/^emqx\./, ''), 40);
  const columns = [
    paint(formatTime(event.time), 'dim'),
    paint(pad(type, TYPE_COLUMNS), colourOf(type)),
    paint(pad(clean(event.subject ?? '', 48), SUBJECT_COLUMNS), 'subject'),
    ...factsSafely(event).map(({ text, tone }: Fact) => paint(text, tone)),
  ];
  return columns.join('  ').trimEnd();
}

/** The data of a custom hook may have a getter that throws. */
function factsSafely({ type, data }: StampedEvent): Fact[] {
  try {
    return factsOf(type, data);
  } catch {
    return [];
  }
}

function paintWith(text: string, colour: Tone | keyof typeof sgr): string {
  return sgr[colour] === '' ? text : `\u001b[${sgr[colour]}m${text}\u001b[0m`;
}

function colourOf(type: string): keyof typeof sgr {
  const noun = type.slice(0, type.indexOf('.'));
  return noun === 'provider' || noun === 'client' || noun === 'session' || noun === 'message'
    ? noun
    : 'other';
}

/** The time of day where the terminal is, to the millisecond. */
function formatTime(time: number): string {
  const date = new Date(time);
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits);
  return `${hours}:${minutes}:${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
