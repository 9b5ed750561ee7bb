/** Parses the options of commands, and says what to write instead. */
import { InvalidArgumentError } from 'commander';

export function parseNames(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('Write a whole number from 1.');
  return count;
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('Write a port: a whole number from 0 to 65535.');
  return port;
}

export function parseSpeed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const speed = Number(text);
  if (!(speed > 0)) throw new InvalidArgumentError('Write a number above 0, or max.');
  return speed;
}

export function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new InvalidArgumentError('Write a URL such as http://127.0.0.1:9000.');
  }
  return url.origin;
}
