/**
 * What may stand in a hole, for servers that can be told: every bracket and quote that is opened there is closed there, and nothing
 * else is. In GBNF, the notation of llama.cpp (grammars/README.md there), which vLLM's grammar engine reads too.
 */
import { familyOf, type LanguageId } from '../languages.ts';

/** `isInsideLine`: something else stands on the hole's line, so that no line may end in it. */
export function holeGrammar(language: LanguageId, isInsideLine: boolean): string {
  const family = familyOf(language);
  const breaks = isInsideLine ? String.raw`\n\r` : '';
  const [once, twice] = [textIn(`'`, `'`, String.raw`\n`), textIn(String.raw`\"`, '"', String.raw`\n`)];
  // Of three quotes first: two of them are a text too.
  const long = family === 'python' && !isInsideLine ? [LONG_TEXT] : [];
  const back = family === 'ecmascript' || family === 'go' ? [textIn('`', '`', breaks)] : [];
  // A lifetime has one quote, and so may the text in JSX.
  const isLoose = family === 'rust' || language === 'tsx' || language === 'javascript';
  const closed = `"${isLoose ? '' : `'`}${back.length > 0 ? '`' : ''}`;
  return [
    'root ::= item*',
    `item ::= plain | text | ${isInsideLine ? '' : 'comment | '}"(" item* ")" | "[" item* "]" | "{" item* "}"`,
    String.raw`plain ::= [^()\[\]{}${closed}${breaks}]`,
    `text ::= ${[...long, twice, once, ...back].join(' | ')}`,
    ...(isInsideLine
      ? []
      : [`comment ::= ${family === 'python' ? LINE_COMMENT('#') : `${LINE_COMMENT('//')} | ${BLOCK}`}`]),
  ].join('\n');
}

/** `written`: the quote as a grammar's text has it. */
const textIn = (written: string, quote: string, breaks: string): string =>
  String.raw`"${written}" ([^${quote}\\${breaks}] | "\\" [^\n])* "${written}"`;

const LONG_TEXT = String.raw`"\"\"\"" ([^"\\] | "\\" [^\x00] | "\"" [^"])* "\"\"\""`;
const LINE_COMMENT = (sign: string): string => String.raw`"${sign}" [^\n]* "\n"`;
const BLOCK = String.raw`"/*" ([^*] | "*" [^/])* "*/"`;
