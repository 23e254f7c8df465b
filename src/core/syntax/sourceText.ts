/** Small readings of source text: folded white space, stripped comment markers, gaps between nodes. */

/** White space folded to single blanks, cut at `limit` UTF-16 units with an ellipsis. */
export function fold(text: string, limit = 400): string {
  // Nearly all are names.
  if (text.length <= limit && !/\s/.test(text)) return text;
  // Cutting first keeps the work bounded on a body-sized text.
  const folded = text
    .slice(0, limit * 4)
    .replace(/\s+/g, ' ')
    .trim();
  return folded.length > limit ? `${folded.slice(0, limit - 1)}…` : folded;
}

/** Newlines in [from, to), or -1 if anything but white space stands there. */
export function blankGap(text: string, from: number, to: number): number {
  let newlines = 0;
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 10) newlines++;
    else if (unit !== 32 && unit !== 9 && unit !== 13) return -1;
  }
  return newlines;
}

/** True if only blanks stand between the line's start and the offset. */
export function startsLine(text: string, offset: number): boolean {
  for (let at = offset - 1; at >= 0; at--) {
    const unit = text.charCodeAt(at);
    if (unit === 10) return true;
    if (unit !== 32 && unit !== 9) return false;
  }
  return true;
}

/** Longest doc comment kept, in UTF-16 units. */
const DOC_LIMIT = 600;

/** A comment or docstring without its markers, line structure kept, at most 600 units. */
export function stripDoc(text: string): string {
  const bare = text
    .slice(0, DOC_LIMIT * 3)
    .replace(/^\s*[rRuUbBfF]{0,2}("""|'''|"|')/, '')
    .replace(/("""|'''|"|')\s*$/, '')
    .split('\n')
    .map((line) =>
      line
        .replace(/^\s*(\/\*\*?!?|\*\/|\*(?!\*)|\/\/[/!]?|#+)?\s?/, '')
        .replace(/\s*\*\/\s*$/, '')
        .trimEnd(),
    )
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return bare.length > DOC_LIMIT ? `${bare.slice(0, DOC_LIMIT - 1)}…` : bare;
}

/** A string literal without its quotes. */
export function unquote(text: string): string {
  return text.replace(/^['"`]|['"`]$/g, '');
}
