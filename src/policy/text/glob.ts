/**
 * Globs: `*` is any text, `?` one character. Matching takes at most pattern length times text length steps, because it
 * never backtracks past the latest star.
 */

const STAR = 0x2a;
const ONE = 0x3f;

/** Reports whether the glob matches the whole text. */
export function matchesGlob(glob: string, text: string): boolean {
  let g = 0;
  let t = 0;
  let afterStar = -1;
  let resume = 0;
  while (t < text.length) {
    const wanted = glob.charCodeAt(g);
    if (wanted === STAR) {
      afterStar = ++g;
      resume = t;
    } else if (wanted === ONE || wanted === text.charCodeAt(t)) {
      t += wanted === ONE ? characterLength(text, t) : 1;
      g++;
    } else if (afterStar !== -1) {
      resume += characterLength(text, resume);
      t = resume;
      g = afterStar;
    } else return false;
  }
  while (glob.charCodeAt(g) === STAR) g++;
  return g === glob.length;
}

/** A character outside the basic plane is two code units. */
function characterLength(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
