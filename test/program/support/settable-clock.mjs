// For `node --import`: a wall clock that a test sets while the program runs. CLOCK is a file with the milliseconds by
// which it differs from the clock of the machine; the monotonic clock stays as it is, as when somebody sets a real one.
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
