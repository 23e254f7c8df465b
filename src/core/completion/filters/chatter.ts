/** An assistant's talk, fences, markers and file headers where code was asked for. */
import { specialTokenAt } from '../markers.ts';
import type { Facts } from './filter.ts';

const FENCE = /^\s*(?:```|~~~)/;
const TALK =
  /^\s*(?:(?:Here(?:'s| is| are)|Sure[,!.]|Certainly[,!.]|Of course[,!.]|I(?:'m| am) (?:sorry|an AI)|As an AI|Below is|This (?:code|function|class|method|snippet) (?:will|is|does|returns|defines|implements)|The (?:following|above) (?:code|function|class)|You can (?:use|also)|Let me|Let's|In this (?:code|example)|To (?:complete|implement|fix) (?:this|the)|Explanation:|Note that|Please (?:note|provide)|(?:Human|Assistant):\s))/;
/** What stands at the head of a file that a prompt or a diff quotes, never inside one. */
const HEADER =
  /^\s*(?:(?:\/\/|#|--|\/\*)\s*(?:Path|File|Filename|Language):\s*\S|Path:\s*\S+[/.]\w+$|(?:\/\/|#)\s*[\w.-]+\/[\w./-]+\.\w{1,5}\s*$|diff --git |@@ -\d+|\+\+\+ b\/|--- a\/|<{7} |>{7} |={7}$|#!\/|# -\*- coding|<\/?COMPLETION>|<\/?(?:code|answer|response|thinking)>)/;

export function isChatter(facts: Facts): boolean {
  const { around, proposal, scan } = facts;
  if (specialTokenAt(proposal.text, around.place) >= 0) return true;
  for (let i = 0; i < facts.lines.length; i++) {
    const line = scan.lines[i];
    const text = facts.lines[i] as string;
    // Strings and documentation may say anything; talk begins a line.
    if (line?.inString) continue;
    if (FENCE.test(text) || HEADER.test(text)) return true;
    if (TALK.test(text) && !line?.comment && (i > 0 || speaksAtCursor(around))) return true;
  }
  return /```\s*$/.test(proposal.text) && !around.linePrefix.includes('`');
}

/** Whether code is expected at the cursor: words in a string, a comment or a page's text may be talk and right. */
function speaksAtCursor({ scanner, linePrefix }: Facts['around']): boolean {
  if (linePrefix.trim() === '') return true;
  const before = scanner.copy();
  const line = before.feed(linePrefix);
  return before.inCode && line.openQuote === '' && !/(?:\/\/|#|>)[^"'`]*$/.test(linePrefix);
}
