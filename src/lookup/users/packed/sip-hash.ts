/**
 * SipHash with a secret key: attackers who choose names (by the file or by sign-up) cannot make them collide.
 */

/** 64 bits, chosen at random for each table. */
export type HashKey = readonly [number, number];

/** HalfSipHash-2-4 (github.com/veorq/SipHash) of `length` bytes from `start`: 32 bits, without a sign. */
export function sipHash(bytes: Uint8Array, start: number, length: number, [k0, k1]: HashKey): number {
  let v0 = k0 | 0;
  let v1 = k1 | 0;
  let v2 = 0x6c796765 ^ k0;
  let v3 = 0x74656462 ^ k1;
  // The words of the input, then the word with the length, then four rounds without input.
  const words = length >>> 2;
  const end = start + length;
  for (let i = 0; i <= words; i++) {
    const word = i < words ? wordAt(bytes, start + 4 * i) : lastWord(bytes, start + 4 * i, end, length);
    v3 ^= word;
    for (let round = 0; round < 2; round++) mix();
    v0 ^= word;
  }
  v2 ^= 0xff;
  for (let round = 0; round < 4; round++) mix();
  return (v1 ^ v3) >>> 0;

  function mix(): void {
    v0 = (v0 + v1) | 0;
    v1 = rotate(v1, 5) ^ v0;
    v0 = rotate(v0, 16);
    v2 = (v2 + v3) | 0;
    v3 = rotate(v3, 8) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = rotate(v3, 7) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = rotate(v1, 13) ^ v2;
    v2 = rotate(v2, 16);
  }
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

function lastWord(bytes: Uint8Array, start: number, end: number, length: number): number {
  let word = length << 24;
  for (let at = start; at < end; at++) word |= (bytes[at] as number) << (8 * (at - start));
  return word;
}
