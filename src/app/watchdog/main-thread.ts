/** Inspects the main thread like a debugger, and can make it exit. */
import { type Debugger, Session } from 'node:inspector';

export interface PausedThread {
  /** Functions and places, innermost first; no values. */
  readonly stack: string;
  /** Exits the process from within. */
  exit(status: number): void;
}

const MAX_FRAMES = 30;

/**
 * Pauses the main thread in its JavaScript. Never calls back while the thread is in native code, as in a synchronous
 * read from a disk that does not answer.
 */
export function pauseMainThread(paused: (thread: PausedThread) => void): void {
  const session = new Session();
  const urls = new Map<string, string>();
  session.connectToMainThread();
  session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url));
  session.once('Debugger.paused', ({ params: { callFrames } }) =>
    paused({
      stack: callFrames
        .slice(0, MAX_FRAMES)
        .map((frame) => describeFrame(frame, urls))
        .join('\n'),
      exit: (status) =>
        session.post('Debugger.evaluateOnCallFrame', {
          callFrameId: callFrames[0]?.callFrameId ?? '',
          expression: `globalThis.process.reallyExit(${status})`,
        }),
    }),
  );
  session.post('Debugger.enable');
  session.post('Debugger.pause');
}

/** In the format of an error's stack; lines and columns count from 1. */
export function describeFrame(
  { functionName, location, url }: Debugger.CallFrame,
  urls: ReadonlyMap<string, string>,
): string {
  const { scriptId, lineNumber, columnNumber = 0 } = location;
  const place = `${url || urls.get(scriptId) || 'unknown'}:${lineNumber + 1}:${columnNumber + 1}`;
  return printable(functionName === '' ? `    at ${place}` : `    at ${functionName} (${place})`);
}

/** A name may be anything. */
function printable(text: string): string {
  return text.replace(/[^ -~]/g, '?');
}
