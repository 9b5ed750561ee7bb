/** Recordings of `exhook dev`: in memory only, in the form of `exhook serve --record`. */
import { randomBytes } from 'node:crypto';
import { clip } from '../../lib/clip.ts';
import { printable } from '../../lib/printable.ts';
import { type RecordedCall, readRecording } from '../../protocol/wire/read-recording.ts';
import { type RawHeaders, recordHeaders, recordMessage } from '../../protocol/wire/recording.ts';
import type { Rpc } from '../../protocol/wire/rpc.ts';
import type { RecordingRow } from '../api.ts';
import { RequestError } from '../http/api-error.ts';
import { toDate } from '../view/time.ts';

/** Most bytes of one recording. */
export const MAX_RECORDING = 64 * 1024 * 1024;
/** The most recordings. */
const MAX_RECORDINGS = 4;

interface Recording {
  readonly id: string;
  readonly name: string;
  readonly startedAt: number;
  readonly lines: string[];
  isRunning: boolean;
  bytes: number;
  lost: number;
}

export class Recordings {
  readonly #recordings = new Map<string, Recording>();
  #seq = 0;

  get rows(): readonly RecordingRow[] {
    return [...this.#recordings.values()].map(rowOf);
  }

  /** @throws RequestError */
  start(name: string): RecordingRow {
    return rowOf(this.#add(name, true));
  }

  /** Takes a recording from elsewhere. @throws RequestError when it cannot be read. */
  take(name: string, text: string): RecordingRow {
    const read = readRecording(text);
    if ('problems' in read) {
      const [first] = read.problems;
      throw new RequestError('bad_request', `line ${first?.line}: ${first?.message}`, {
        where: { line: first?.line },
      });
    }
    const recording = this.#add(name, false);
    for (const line of text.split('\n')) if (line.trim() !== '') recording.lines.push(line);
    recording.bytes = Buffer.byteLength(text);
    return rowOf(recording);
  }

  stop(id: string): RecordingRow {
    const recording = this.#get(id);
    recording.isRunning = false;
    return rowOf(recording);
  }

  remove(id: string): void {
    this.#get(id);
    this.#recordings.delete(id);
  }

  textOf(id: string): string {
    return this.#get(id)
      .lines.map((line) => `${line}\n`)
      .join('');
  }

  callsOf(id: string): readonly RecordedCall[] {
    const read = readRecording(this.textOf(id));
    return 'problems' in read ? [] : read.calls;
  }

  /** Adds a call to the recordings that run. */
  readonly record = (rpc: Rpc, message: Uint8Array, headers: RawHeaders, connection: number): void => {
    let line: string | undefined;
    for (const recording of this.#recordings.values()) {
      if (!recording.isRunning) continue;
      line ??= this.#lineOf(rpc, message, headers, connection);
      if (recording.bytes + line.length + 1 > MAX_RECORDING) recording.lost++;
      else {
        recording.lines.push(line);
        recording.bytes += line.length + 1;
      }
    }
  };

  #lineOf(rpc: Rpc, message: Uint8Array, headers: RawHeaders, connection: number): string {
    const at = performance.now();
    const call = {
      seq: ++this.#seq,
      at_ms: Math.round(at),
      time_ms: Math.round(toDate(at)),
      connection,
      path: rpc.path,
    };
    return JSON.stringify({ ...call, headers: recordHeaders(headers), ...recordMessage(rpc, message) });
  }

  #add(name: string, isRunning: boolean): Recording {
    if (this.#recordings.size >= MAX_RECORDINGS)
      throw new RequestError('busy', `there are ${MAX_RECORDINGS} recordings already: remove one`);
    const id = randomBytes(6).toString('hex');
    const startedAt = toDate(performance.now());
    const shown = printable(clip(name, 100)) || id;
    const recording = { id, name: shown, startedAt, lines: [], isRunning, bytes: 0, lost: 0 };
    this.#recordings.set(id, recording);
    return recording;
  }

  #get(id: string): Recording {
    const recording = this.#recordings.get(id);
    if (recording === undefined) throw new RequestError('not_found', 'there is no such recording');
    return recording;
  }
}

function rowOf({ lines, ...recording }: Recording): RecordingRow {
  return { ...recording, calls: lines.length };
}
