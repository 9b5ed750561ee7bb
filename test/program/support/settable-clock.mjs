// For `node --import`: a wall clock that a test sets while the program runs. The file CLOCK contains the difference to
// the machine's clock, in milliseconds; the monotonic clock does not change, as when a real clock is set.
import { readFileSync } from 'node:fs';

const { CLOCK = '' } = process.env;
const MachineDate = Date;
const now = () => MachineDate.now() + Number(readFileSync(CLOCK, 'utf8'));

class SettableDate extends MachineDate {
  constructor(...parts) {
    if (parts.length === 0) super(now());
    else super(...parts);
  }

  static now() {
    return now();
  }
}

globalThis.Date = SettableDate;
