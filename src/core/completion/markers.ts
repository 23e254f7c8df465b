/** The markers that families of code models give a meaning of their own: they end an answer and are never code. */

/** `<|…|>` in all its spellings, and the bare tags of StarCoder, CodeGemma, Llama, Mistral and T5. */
const TOKENS =
  /<\|[A-Za-z_][\w ▁]{0,40}\|>|<[|｜][^|｜>\n]{1,40}[|｜]>|<\/?(?:fim|file|repo|commit|issue|jupyter)_[a-z_]+>|<filename>|<reponame>|\[\/?INST\]|\[(?:PREFIX|SUFFIX|MIDDLE)\]|<<\/?SYS>>|(?<![\w$)\]])<(?:PRE|SUF|MID|EOT|BOS|EOS)>|<(?:endoftext|start_of_turn|end_of_turn|unused\d+)>|<extra_id_\d+>|<\/?s>(?=\s*$)/;
/** Elements of a page's markup that look like markers. */
const MARKUP = /^<\/?s>$/;

/** Where the first marker begins that the surrounding code does not itself hold; -1 without one. */
export function specialTokenAt(
  text: string,
  surroundings: { readonly prefix: string; readonly suffix: string },
): number {
  let from = 0;
  for (;;) {
    const found = TOKENS.exec(text.slice(from));
    if (!found) return -1;
    const token = found[0];
    const quoted = surroundings.prefix.includes(token) || surroundings.suffix.includes(token);
    const markup = MARKUP.test(token) && /<\/?[a-z]+>/.test(surroundings.prefix.slice(-400));
    if (!quoted && !markup) return from + found.index;
    from += found.index + token.length;
  }
}

/** Length of a tail that may be the beginning of a marker still to come. */
export function tokenBegun(text: string): number {
  const at = Math.max(text.lastIndexOf('<'), text.lastIndexOf('['));
  return at >= 0 && text.length - at < 44 && /^(<[|｜/]?[\w ｜▁|]*|\[\/?[A-Z]*)$/.test(text.slice(at))
    ? text.length - at
    : 0;
}
