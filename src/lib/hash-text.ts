/** FNV-1a over the UTF-16 units of a text, in 32 bits: spreads keys evenly. Not for what an attacker may choose. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
