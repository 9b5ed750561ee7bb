/** A check that came to no answer: the value neither meets the schema nor fails to. The text tells no value. */
export class Undecided extends Error {
  override readonly name = 'Undecided';
}
