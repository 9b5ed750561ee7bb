/** `time` of RFC 3339, including leap seconds, which the library for formats rejects. */

const TIME = /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const MINUTES_A_DAY = 1440;

export function isTime(text: string): boolean {
  const parts = TIME.exec(text);
  if (parts === null) return false;
  const [, hour, minute, second, sign, offsetHour = '0', offsetMinute = '0'] = parts;
  if (!isClock(Number(hour), Number(minute)) || !isClock(Number(offsetHour), Number(offsetMinute)))
    return false;
  if (Number(second) < 60) return true;
  if (Number(second) > 60) return false;
  // A leap second is the last of a day in UTC.
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * (sign === '-' ? -1 : 1);
  const utc = Number(hour) * 60 + Number(minute) - offset;
  return (utc + 2 * MINUTES_A_DAY) % MINUTES_A_DAY === MINUTES_A_DAY - 1;
}

function isClock(hour: number, minute: number): boolean {
  return hour <= 23 && minute <= 59;
}
