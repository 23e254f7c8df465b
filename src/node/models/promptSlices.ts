/**
 * Where a long prompt is cut for evaluation in several requests: an Ollama server evaluates the prompt of a request to
 * its end even when nobody listens any more, so that only what has not been sent can be saved by an abort.
 */

/** Characters of a slice, some 600 tokens of code: longer than the 512 that a server evaluates at once anyway. */
export const SLICE_CHARACTERS = 2048;

/**
 * Ends of the slices that go before the whole prompt, ascending; none where little is new since `known`, the prompt that
 * the server evaluated last. A slice ends with a line where there is one, so that its tokens are those of the whole.
 */
export function sliceEnds(known: string, prompt: string, size = SLICE_CHARACTERS): number[] {
  let end = commonPrefix(known, prompt);
  const ends: number[] = [];
  while (prompt.length - end > size * 1.5) {
    const line = prompt.lastIndexOf('\n', end + size - 1) + 1;
    end = line > end ? line : end + size - (isHighSurrogate(prompt.charCodeAt(end + size - 1)) ? 1 : 0);
    ends.push(end);
  }
  return ends;
}

function commonPrefix(a: string, b: string): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}
