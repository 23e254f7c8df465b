/** Collects what a repository's sites do, rule by rule: who keeps it, who breaks it. */
import type { Rule, RuleSite } from './deviants.ts';
import type { FileDigest } from './fileDigest.ts';

/** What is said of a rule when its first site is noted. */
export interface RuleText {
  readonly id: string;
  readonly text: string;
  readonly least: number;
  readonly share?: number;
  readonly apis?: readonly string[];
}

/** Ten keepers of one breach are enough for a rule about one API: its lower bound is 0.62. */
export const SPECIFIC = 0.6;
/** Rules that follow from how often names stand together. */
export const LIKELY = 0.8;
/** Habits of style need more than fifty keepers for one breach. */
export const STYLE = 0.9;

export class RuleBook {
  private readonly rules = new Map<
    string,
    RuleText & { language: FileDigest['language']; kept: RuleSite[]; broken: RuleSite[] }
  >();

  note(rule: RuleText, file: FileDigest, kept: boolean, line: number, endLine = line): void {
    const key = `${file.family} ${rule.id}`;
    let entry = this.rules.get(key);
    if (entry === undefined) {
      entry = { ...rule, language: file.language, kept: [], broken: [] };
      this.rules.set(key, entry);
    }
    (kept ? entry.kept : entry.broken).push({ path: file.path, line, endLine });
  }

  all(): Rule[] {
    return [...this.rules.entries()].map(([id, rule]) => ({ ...rule, id, apis: rule.apis ?? [] }));
  }
}
