/**
 * `$NAME` and `${NAME}`: references to environment variables, as shells and compose files write them. They
 * are not expanded in a configuration: a secret of this form is the text itself, which anybody can guess.
 */

/** Capitals, digits and underscores: our own placeholders, such as `${clientid}`, are in lower case. */
const WHOLE = /^\$(?:\{([A-Z_][A-Z0-9_]*)\}|([A-Z_][A-Z0-9_]*))$/;
const WITHIN = /\$\{([A-Z_][A-Z0-9_]*)\}|(?<=^|\s)\$([A-Z_][A-Z0-9_]*)(?=$|\s)/;

/** Returns the name of the variable, when the whole text is a reference. */
export function findVariableReference(text: string): string | undefined {
  return nameIn(WHOLE.exec(text));
}

/** Returns the first variable that the text refers to, such as `TOKEN` in `Bearer ${TOKEN}`. */
export function findVariableWithin(text: string): string | undefined {
  return nameIn(WITHIN.exec(text));
}

function nameIn(found: RegExpExecArray | null): string | undefined {
  return found?.[1] ?? found?.[2];
}
