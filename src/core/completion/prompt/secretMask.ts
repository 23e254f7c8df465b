/** Credentials in a file that is put into a prompt: the line stays, since the code around it is what is asked about, its value does not. */
import { isCredential } from '../filters/content.ts';

const MASK = '…';
const PRIVATE_KEY = /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[^]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g;
/** Drawn, not thought of: a word has no digits. */
const QUOTED = /(['"`])(?=[^'"`\s]*\d)[^'"`\s]{8,}\1/g;
const BARE =
  /\b(?:(?:AKIA|ASIA)[A-Z0-9]{16}|(?:ghp|gho|ghu|ghs|ghr|github_pat|glpat|xox[abprs]|sk|pk|rk|npm|pypi|hf)[-_][A-Za-z0-9_-]{16,}|AIza[A-Za-z0-9_-]{30,}|eyJ[A-Za-z0-9_-]{12,}\.[A-Za-z0-9_.-]{8,}|[0-9a-f]{32,})/g;
/** The password in an address. */
const ADDRESS = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@'"]+:)[^\s/@'"]+@/gi;

export function maskSecrets(text: string): string {
  return text
    .replace(PRIVATE_KEY, `$1${MASK}$2`)
    .replace(ADDRESS, `$1${MASK}@`)
    .replace(/[^\n]+/g, (line) =>
      line.length >= 16 && isCredential(line) ? line.replace(QUOTED, `$1${MASK}$1`).replace(BARE, MASK) : line,
    );
}
