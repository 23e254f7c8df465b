/** What may not reach a model's prompt: secrets, control characters, and the special tokens of model families. */

/** Shapes of credentials; a line that matches one is dropped whole. */
const SECRETS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\b(ghp|gho|ghu|ghs|ghr|github_pat|glpat|xox[abprs]|sk|pk|rk|npm|pypi|hf)[-_][A-Za-z0-9_-]{16,}/,
  /\bAIza[A-Za-z0-9_-]{30,}/,
  /\beyJ[A-Za-z0-9_-]{12,}\.[A-Za-z0-9_-]{8,}/,
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@'"]+:[^\s/@'"]+@/i,
  /(password|passwd|secret|token|api[_-]?key|private[_-]?key|credential|auth)\w*['"]?\s*(:\s*\w+\s*)?[:=]\s*\w?['"`][^'"`\s]{6,}['"`]/i,
  /['"`](?=[A-Za-z0-9+/_=-]*[0-9])(?=[A-Za-z0-9+/_=-]*[A-Z])(?=[A-Za-z0-9+/_=-]*[a-z])[A-Za-z0-9+/_=-]{32,}['"`]/,
  /\b[0-9a-f]{32,}\b/i,
];

/** Markers that models give a meaning of their own. */
const SPECIAL_TOKENS =
  /<\|[^|>\n]{0,40}\|>|<\uFF5C[^\uFF5C>\n]{0,40}\uFF5C>|<\/?s>|<\/?(fim|file|repo)_[a-z_]+>|\[\/?INST\]|<<\/?SYS>>|<(pad|unk|bos|eos|mask|endoftext|PRE|SUF|MID|EOT)>/gi;

/** Control, zero-width, bidirectional and line-separator characters, and halves of surrogate pairs. */
const UNSEEN =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

export function looksSecret(line: string): boolean {
  return SECRETS.some((pattern) => pattern.test(line));
}

/** One line fit for a prompt: no line breaks, control characters or special tokens; '' where it holds a secret. */
export function cleanLine(line: string): string {
  // Short identifiers and calls, by far the most frequent case, can hold none of it: the shortest credential has 19 characters.
  if (line.length < 19 && /^[\w$.:!@()]+$/.test(line)) return line;
  if (looksSecret(line)) return '';
  return line
    .replace(/\r?\n|\t/g, ' ')
    .replace(UNSEEN, '')
    .replace(SPECIAL_TOKENS, '')
    .trimEnd();
}

/** The lines of a snippet, cleaned and with their common indentation cut; lines with secrets and blank ones are left out. */
export function cleanSnippet(text: string): string[] {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/).map((line) => cleanLine(line.replace(/\t/g, '  ')));
  const kept = lines.filter((line) => line.trim() !== '');
  const rest = kept.slice(1);
  const indent = Math.min(...(rest.length > 0 ? rest : kept).map((line) => line.length - line.trimStart().length));
  return kept.map((line, i) =>
    i === 0 ? line.trimStart() : line.slice(Math.min(indent, line.length - line.trimStart().length)),
  );
}
