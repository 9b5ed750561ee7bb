/** An unusable pattern. The text completes a sentence about the pattern, and quotes only the pattern. */
export class PatternProblem extends Error {
  override readonly name = 'PatternProblem';
}

export function refuse(message: string): never {
  throw new PatternProblem(message);
}
