/** A check is undecided: the value is neither valid nor invalid. The text never contains a value. */
export class Undecided extends Error {
  override readonly name = 'Undecided';
}
