/** Recordings, as people edit them. */
import fc from 'fast-check';
import { readRecording } from '../../../src/protocol/wire/read-recording.ts';
import { mutatedText } from '../mutate.ts';
import { recordedLines } from '../samples.ts';
import { defineTarget, ensure } from '../target.ts';

export const recording = () => {
  const short = recordedLines()
    .filter((line) => line.length < 1500)
    .slice(0, 60);
  // Without the bytes, the described message is read.
  const inWords = short.map((line) => JSON.stringify({ ...JSON.parse(line), message_base64: undefined }));
  const line = mutatedText([...short, ...inWords], ['"message_base64":', '"at_ms":', '-1', '1e400', 'null']);
  return defineTarget({
    name: 'recording',
    input: fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.join('\n')),
    check(text: string) {
      const read = readRecording(text);
      if ('problems' in read) {
        ensure(read.problems.length > 0, 'a problem');
        for (const problem of read.problems)
          ensure(problem.line > 0 && problem.message !== '', 'a line and a message');
      } else
        for (const { bytes, headers, atMs } of read.calls)
          ensure(bytes instanceof Uint8Array && typeof headers === 'object' && atMs >= 0, 'a call');
    },
  });
};
