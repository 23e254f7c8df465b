/** Proposes edits for diagnostics from fix rules that are data (src/data/fix-rules/<language>/*.yml). */
import { LineIndex } from '../../base/lineIndex.ts';
import { changeKey, type TextEdit } from '../../base/textEdit.ts';
import { type CodeToken, type LexicalFamily, tokenize, unclosedBrackets } from './codeTokens.ts';
import { FIX_ACTIONS, type FixActionName } from './fixActions.ts';

/** One rule: when it applies, where it looks, and what it writes. */
export interface FixRule {
  readonly id: string;
  /** What it does, for the user; `$<group>` stands for a group of `when.message`. */
  readonly title: string;
  readonly when: {
    readonly tools?: readonly string[];
    readonly codes?: readonly string[];
    /** Regular expression over the diagnostic's message; its named groups may be used below. */
    readonly message?: string;
  };
  /** Lines that `match` is tried on: the error's own (default), the code line before it, that of the group `line`, that of the innermost open bracket, or all. */
  readonly at?: 'line' | 'previous' | 'named' | 'opening' | 'range' | 'file';
  /** A regular expression on one line (without its end), and its replacement ($1, $<name>). */
  readonly match?: string;
  readonly replace?: string;
  /** 'each' match is a candidate of its own (default), or 'all' at once. */
  readonly apply?: 'each' | 'all';
  /** True if a match may begin inside a string or a comment. */
  readonly inText?: boolean;
  /** Or: a built-in action, with its parameters. */
  readonly action?: FixActionName;
  readonly with?: Readonly<Record<string, unknown>>;
  /** Prior belief in [0, 1] that a candidate of this rule is right. */
  readonly confidence: number;
}

/** The shape of a data file in fix-rules. */
export interface FixRuleFile {
  readonly family: LexicalFamily;
  /** Anchors for lists that several rules share. */
  readonly lists?: Readonly<Record<string, unknown>>;
  readonly rules: readonly FixRule[];
}

/** What a rule sees of a diagnostic; `Diagnostic` of core/healing fits. */
export interface RuleDiagnostic {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly code: string;
  readonly message: string;
  readonly tool: string;
}

/** Where the repository and the standard library declare a name that the file lacks. */
export interface NameSource {
  /** Modules to import `name` from, likeliest first; `name` '' imports the module itself. */
  exporters(name: string): readonly { readonly module: string; readonly name: string }[];
}

/** Has the shape of core/healing's FixCandidate. */
export interface RuleProposal {
  readonly id: string;
  readonly title: string;
  /** 'rule:<id>'. */
  readonly source: string;
  readonly edits: Readonly<Record<string, readonly TextEdit[]>>;
  readonly confidence: number;
  readonly answers: string;
  readonly fromTool: false;
}

export interface RuleRequest {
  readonly path: string;
  readonly family: LexicalFamily;
  readonly text: string;
  readonly diagnostics: readonly RuleDiagnostic[];
  readonly names?: NameSource;
}

/** What an action gets to see. */
export interface FixSite {
  readonly text: string;
  readonly family: LexicalFamily;
  readonly lines: LineIndex;
  readonly tokens: readonly CodeToken[];
  readonly diagnostic: RuleDiagnostic;
  /** Offsets of the diagnostic's range. */
  readonly start: number;
  readonly end: number;
  /** Named groups of the rule's message pattern. */
  readonly groups: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly names: NameSource | undefined;
}

/** An action's answer: edits, and how it weighs them: 1 is a plain case of the rule, a little more a compelling one. */
export interface ActionEdit {
  readonly edits: readonly TextEdit[];
  readonly weight: number;
  readonly title?: string;
}

/** More candidates of one rule for one diagnostic are noise. */
const MAX_PER_RULE = 40;
/** UTF-16 units of the longest line that patterns are tried on. */
const MAX_LINE = 2000;

/**
 * Candidates for all diagnostics of the file, likeliest first; equal results are listed once, with the best
 * confidence. Nothing is verified here: the caller does that with the real tool. `proceed` is awaited after each
 * diagnostic, and where it says false, what was found is the answer.
 */
export async function proposeFromRules(
  rules: readonly FixRule[],
  request: RuleRequest,
  proceed: () => Promise<boolean> = async () => true,
): Promise<RuleProposal[]> {
  const proposals = new Proposals();
  for (const _ of eachDiagnostic(rules, request, proposals)) if (!(await proceed())) break;
  return proposals.ranked();
}

/** Equal results once, with the best confidence. */
class Proposals {
  private readonly best = new Map<string, RuleProposal>();

  add(result: string, proposal: RuleProposal): void {
    const known = this.best.get(result);
    if (!known || known.confidence < proposal.confidence) this.best.set(result, proposal);
  }

  ranked(): RuleProposal[] {
    return [...this.best.values()].sort(
      (a, b) => b.confidence - a.confidence || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
    );
  }
}

/** Adds the proposals for one diagnostic after the other. */
function* eachDiagnostic(rules: readonly FixRule[], request: RuleRequest, proposals: Proposals): Generator<void> {
  const { path, family, text } = request;
  const lines = new LineIndex(text);
  const tokens = tokenize(text, family);
  for (const diagnostic of request.diagnostics) {
    if (diagnostic.path !== path) continue;
    const start = lines.offsetAt(diagnostic.line, diagnostic.column);
    const end = Math.max(start, lines.offsetAt(diagnostic.endLine, diagnostic.endColumn));
    const answers = `${diagnostic.tool}:${diagnostic.code}:${diagnostic.line}:${diagnostic.column}`;
    for (const rule of rules) {
      const groups = applies(rule, diagnostic);
      if (!groups) continue;
      const options = rule.with ?? {};
      const site: FixSite = {
        text,
        family,
        lines,
        tokens,
        diagnostic,
        start,
        end,
        groups,
        options,
        names: request.names,
      };
      const found = rule.action ? FIX_ACTIONS[rule.action](site) : matchLines(rule, site);
      for (const { edits, weight, title } of found.slice(0, MAX_PER_RULE)) {
        const result = changeKey(text, edits);
        if (result === '') continue;
        proposals.add(result, {
          id: `${rule.id}@${answers}#${edits.map((edit) => `${edit.start}-${edit.end}:${edit.newText}`).join(',')}`,
          title: title ?? rule.title.replace(/\$<(\w+)>/g, (_all, name: string) => groups[name] ?? ''),
          source: `rule:${rule.id}`,
          edits: { [path]: edits },
          confidence: Math.min(0.99, Math.round(rule.confidence * weight * 1000) / 1000),
          answers,
          fromTool: false,
        });
      }
    }
    yield;
  }
}

/** The message's named groups if the rule answers this diagnostic. */
function applies({ when }: FixRule, { tool, code, message }: RuleDiagnostic): Record<string, string> | undefined {
  if (when.tools && !when.tools.includes(tool)) return undefined;
  if (when.codes && !when.codes.includes(code)) return undefined;
  if (when.message === undefined) return {};
  const found = new RegExp(when.message, 'u').exec(message);
  return found ? { ...found.groups } : undefined;
}

function matchLines(rule: FixRule, site: FixSite): ActionEdit[] {
  if (rule.match === undefined || rule.replace === undefined) return [];
  const candidates: ActionEdit[] = [];
  for (const line of linesOf(rule, site)) {
    const from = site.lines.lineStart(line);
    const to = site.lines.offsetAt(line, Number.MAX_SAFE_INTEGER);
    const text = site.text.slice(from, to).replace(/\r$/, '');
    // Nobody wrote such a line by hand, and patterns take more than linear time on it.
    if (text.length > MAX_LINE) continue;
    const edits: TextEdit[] = [];
    for (const match of text.matchAll(new RegExp(rule.match, 'gu'))) {
      const start = from + match.index;
      if (!rule.inText && insideText(site.tokens, start, match[0])) continue;
      const newText = expand(rule.replace, match, site.groups);
      if (newText !== match[0]) edits.push({ start, end: start + match[0].length, newText });
    }
    if (!edits.length) continue;
    if (rule.apply === 'all') candidates.push({ edits, weight: 1 });
    else {
      // Where a pattern occurs several times, changing all of them is one more reading of the slip.
      for (const edit of edits) candidates.push({ edits: [edit], weight: distanceWeight(edit, site) });
      if (edits.length > 1) candidates.push({ edits, weight: 0.85 });
    }
  }
  return candidates;
}

function linesOf(rule: FixRule, site: FixSite): number[] {
  const { diagnostic, lines } = site;
  switch (rule.at ?? 'line') {
    case 'previous': {
      const code = site.tokens.filter((token) => token.kind !== 'newline' && token.kind !== 'comment');
      const before = code.findLast((token) => token.start < lines.lineStart(diagnostic.line));
      return before ? [lines.lineAt(before.start)] : [];
    }
    case 'named': {
      const line = Number(site.groups['line']);
      return line >= 1 && line <= lines.lineCount ? [line] : [];
    }
    case 'opening': {
      const open = unclosedBrackets(site.tokens.filter((token) => token.start < site.start)).at(-1);
      return open ? [lines.lineAt(open.start)] : [];
    }
    case 'range':
      return Array.from(
        { length: Math.min(200, diagnostic.endLine - diagnostic.line + 1) },
        (_, index) => diagnostic.line + index,
      );
    case 'file':
      return Array.from({ length: lines.lineCount }, (_, index) => index + 1);
    default:
      return [diagnostic.line];
  }
}

/** True if the match begins inside (not at the start of) a comment or string, or covers nothing but one. */
function insideText(tokens: readonly CodeToken[], start: number, matched: string): boolean {
  const first = start + (matched.length - matched.trimStart().length);
  return tokens.some(
    (token) => (token.kind === 'string' || token.kind === 'comment') && token.start < first && first < token.end,
  );
}

/** A match at the reported place is likelier than one further off on the line. */
function distanceWeight(edit: TextEdit, site: FixSite): number {
  const distance = edit.end < site.start ? site.start - edit.end : edit.start > site.end ? edit.start - site.end : 0;
  return Math.max(0.6, 1 - distance / 200);
}

function expand(template: string, match: RegExpMatchArray, groups: Readonly<Record<string, string>>): string {
  return template.replace(/\$(?:(\d)|<(\w+)>)/g, (_all, number?: string, name?: string) =>
    number ? (match[Number(number)] ?? '') : (match.groups?.[name as string] ?? groups[name as string] ?? ''),
  );
}
