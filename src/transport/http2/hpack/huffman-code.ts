/**
 * The Huffman code (RFC 7541, 5.2 and appendix B). It is canonical: codes of one length, and from each length to the
 * next, count upwards in symbol order. The lengths alone therefore define the code.
 */

/** The symbol after the 256 octets. Its first bits pad the last octet; a string must not contain it. */
export const EOS = 256;

/** Bits of each symbol's code, sixteen symbols per row. */
// biome-ignore format: sixteen a row
export const codeLengths: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
  28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
  5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
  6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
  24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
  21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
  26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
];

/** The code of each symbol, right-aligned: its last bit is the lowest of the number. */
export function huffmanCodes(): number[] {
  const codes: number[] = [];
  let next = 0;
  for (let length = 1; length <= 30; length++) {
    next *= 2;
    for (const symbol of symbolsOfLength(length)) codes[symbol] = next++;
  }
  return codes;
}

function symbolsOfLength(length: number): number[] {
  return [...codeLengths.keys()].filter((symbol) => codeLengths[symbol] === length);
}
