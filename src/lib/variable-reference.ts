/**
 * `$NAME` and `${NAME}`: a reference to an environment variable, as shells and compose files write it. Nothing
 * expands it in a configuration, so a secret that reads so is the text itself, which anybody can guess.
 */

/** Capitals, digits and underscores: names of our own placeholders, such as `${clientid}`, are in small letters. */
const WHOLE = /^\$(?:\{([A-Z_][A-Z0-9_]*)\}|([A-Z_][A-Z0-9_]*))$/;
const WITHIN = /\$\{([A-Z_][A-Z0-9_]*)\}|(?<=^|\s)\$([A-Z_][A-Z0-9_]*)(?=$|\s)/;

/** The name of the variable, when the whole text is a reference to one. */
export function findVariableReference(text: string): string | undefined {
  return nameIn(WHOLE.exec(text));
}

/** The name of the first variable that the text refers to, such as `TOKEN` in `Bearer ${TOKEN}`. */
export function findVariableWithin(text: string): string | undefined {
  return nameIn(WITHIN.exec(text));
}

function nameIn(found: RegExpExecArray | null): string | undefined {
  return found?.[1] ?? found?.[2];
}
