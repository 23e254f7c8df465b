/** The fix source of last resort: the short statement in which an error stands is masked and written anew, where a denoiser can judge it. */
import { isCancelled, toLodestoneError } from '../../base/errors.ts';
import { LineIndex } from '../../base/lineIndex.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { InfillReport, InfillRequest } from '../infill/infill.ts';
import { maskedSpan } from '../infill/masker.ts';
import { isSame, lexemesOf } from '../infill/place.ts';
import type { Parser } from '../ports.ts';
import type { FileFacts, Span } from '../syntax/facts.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { FixRequest, FixSource } from './fixSources.ts';
import type { FixCandidate } from './heal.ts';
import { diagnosticKey } from './verification.ts';

export interface InfillFixParts {
  readonly parser: () => Parser;
  /** Facts of a text; undefined where it has none. */
  facts(path: string, text: string): Promise<FileFacts | undefined>;
  /** Whether a denoiser can be asked. */
  available(options: CallOptions): Promise<boolean>;
  infill(request: InfillRequest, options: CallOptions): Promise<InfillReport>;
}

/** Words and signs of a statement that is short, yet says something; a longer one is hardly ever written right. */
const SHORTEST = 3;
const LONGEST = 24;
/** Statements that are written anew in one round, and the time for all of them. */
const MOST_STATEMENTS = 3;
const BUDGET_MS = 6_000;
/** Less sure is a guess, though a compiler may let it pass. */
const LEAST_CONFIDENCE = 0.1;
/** Share of the broken statement's words and signs that a repair of it has, too: else it is another statement. */
const LEAST_KEPT = 0.5;

export class InfillFixes implements FixSource {
  readonly id = 'infill';

  constructor(private readonly parts: InfillFixParts) {}

  async propose(request: FixRequest, options: CallOptions): Promise<readonly FixCandidate[]> {
    if (!(await this.parts.available(options))) return [];
    const limit = AbortSignal.timeout(BUDGET_MS);
    const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
    const found: FixCandidate[] = [];
    const asked = new Set<number>();
    for (const diagnostic of inOrder(request.diagnostics)) {
      if (asked.size === MOST_STATEMENTS || limit.aborted || !(await request.proceed())) break;
      const span = await this.statementAt(request, diagnostic);
      if (!span || asked.has(span.start)) continue;
      asked.add(span.start);
      try {
        found.push(...(await this.written(request, diagnostic, span, { signal })));
      } catch (error) {
        // Its own time is up: what was found until then is the answer.
        if (!isCancelled(error) || options.signal?.aborted) throw error;
      }
    }
    return found;
  }

  private async written(
    { path, text }: FixRequest,
    diagnostic: Diagnostic,
    span: Span,
    options: CallOptions,
  ): Promise<FixCandidate[]> {
    const { start, end } = span;
    const broken = text.slice(start, end);
    // Without it the rest parses, and is asked about as what it is: a file with a hole.
    const report = await this.parts.infill(
      {
        ...{ path, text: text.slice(0, start) + text.slice(end), range: { start, end: start }, unit: 'hole' },
        ...{ candidates: 3, threshold: LEAST_CONFIDENCE, sampling: { preset: 'quick' } },
        ...{ fallback: false, validate: false, trusted: false },
      },
      options,
    );
    return report.candidates
      .filter((candidate) => !isSame(candidate.text, broken) && kept(broken, candidate.text) >= LEAST_KEPT)
      .map(({ text: newText, source, from, confidence }) => ({
        id: `infill:${diagnosticKey(diagnostic)}:${newText}`,
        title: `Write the statement anew (${source} ${from})`,
        source: 'infill',
        edits: { [path]: [{ start, end, newText }] },
        confidence,
        answers: diagnosticKey(diagnostic),
        fromTool: false,
        kind: source,
      }));
  }

  /** The smallest statement around an error, where it does not parse the line; undefined where that is long, or hardly anything. */
  private async statementAt(request: FixRequest, diagnostic: Diagnostic): Promise<Span | undefined> {
    const { text } = request;
    const lines = new LineIndex(text);
    const at = lines.offsetAt(diagnostic.line, diagnostic.column);
    const span =
      diagnostic.category === 'syntax'
        ? lineAt(text, lines.lineStart(diagnostic.line), lines.lineStart(diagnostic.line + 1))
        : await this.nodeAt(request, at);
    const { length } = span ? lexemesOf(text.slice(span.start, span.end)) : [];
    return length >= SHORTEST && length <= LONGEST ? span : undefined;
  }

  private async nodeAt({ path, text, language }: FixRequest, at: number): Promise<Span | undefined> {
    const facts = await this.parts.facts(path, text);
    if (!facts) return undefined;
    const parser = this.parts.parser();
    const [tree, grammar] = [await parser.parse(language, text), await parser.grammar(language)];
    try {
      return maskedSpan({ path, text, tree, grammar, facts }, { range: { start: at, end: at }, unit: 'statement' });
    } catch (error) {
      if (toLodestoneError(error).code === 'notFound') return undefined;
      throw error;
    }
  }
}

/** What is asked about first, since few are. Where a text does not parse the rest is often said on false grounds; no other import mends a package that is not installed. */
const TURN: Partial<Record<Diagnostic['category'], number>> = { syntax: 0, 'missing import': 2 };

function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const turn = ({ category }: Diagnostic) => TURN[category] ?? 1;
  return [...diagnostics].sort((a, b) => turn(a) - turn(b));
}

/** A line without the blanks around it. */
function lineAt(text: string, from: number, to: number): Span {
  const own = text.slice(from, to);
  const start = from + own.length - own.trimStart().length;
  return { start, end: start + own.trim().length };
}

/** Share, in [0, 1], of the words and signs of one text that the other has as well, each as often as it has it. */
function kept(one: string, other: string): number {
  const left = new Map<string, number>();
  for (const lexeme of lexemesOf(other)) left.set(lexeme, (left.get(lexeme) ?? 0) + 1);
  const all = lexemesOf(one);
  const shared = all.filter((lexeme) => {
    const count = left.get(lexeme) ?? 0;
    left.set(lexeme, count - 1);
    return count > 0;
  });
  return all.length === 0 ? 0 : shared.length / all.length;
}
