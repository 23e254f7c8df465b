/** "Heal this": a verified, risk-scored patch for a broken file as a unified diff. Writes nothing: the agent's user decides. */
import type { Diagnostic } from '../healing/diagnostic.ts';
import { cleanDiff, cleanWords } from './clean.ts';
import { minedReport } from './findAttractors.ts';
import { pathIn, type Tool } from './tool.ts';

const MOST_DIFF = 12_000;
const MOST_ERRORS = 20;
const BUDGET_MS = 30_000;
const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;
const errors = {
  type: 'array',
  items: {
    type: 'object',
    properties: { line: { type: 'integer' }, code: text, message: text, tool: text },
    required: ['line', 'code', 'message', 'tool'],
  },
} as const;

export const healFile: Tool = {
  name: 'healFile',
  title: 'Heal a file',
  description:
    'Diagnoses a TypeScript, JavaScript or Python file of this repository with its real compilers and linters and returns a patch as a unified diff that was verified by running them again, with its risk and what validated it. It writes nothing: show the diff to the user, or apply it yourself with their consent. Use it when a file has errors.',
  inputSchema: {
    type: 'object',
    properties: { path: { type: 'string', maxLength: 1000, description: 'A source file, relative to the root.' } },
    required: ['path'],
    additionalProperties: false,
  },
  outputSchema: {
    type: 'object',
    properties: {
      path: text,
      diff: { ...text, description: "'' where there is none." },
      diffComplete: {
        type: 'boolean',
        description: 'False where lines were left out, so that it does not apply as it is.',
      },
      risk: { type: ['number', 'null'], description: 'Probability that the patch is wrong; null without one.' },
      riskReasons: texts,
      canApply: { type: 'boolean', description: 'It leaves no error and was verified.' },
      sources: { ...texts, description: 'What proposed it.' },
      validatedBy: { ...texts, description: 'Tools that verified it.' },
      errorsBefore: errors,
      errorsAfter: errors,
      reason: { ...text, description: 'Why nothing (more) was healed.' },
      notes: { ...texts, description: 'Tools that were missing or failed.' },
    },
    required: [
      ...['path', 'diff', 'diffComplete', 'risk', 'riskReasons', 'canApply', 'sources', 'validatedBy'],
      ...['errorsBefore', 'errorsAfter', 'reason', 'notes'],
    ],
  },
  async run(input, host, options) {
    const path = pathIn(host, String(input.path));
    await minedReport(host, options);
    const { engine, unsaved, trusted } = host;
    const report = await engine.heal({ files: [path], overlays: unsaved, trusted, budgetMs: BUDGET_MS }, options);
    const [file] = report.files;
    const { patch } = report;
    const { diff, complete } = cleanDiff(file?.diff ?? '', MOST_DIFF);
    return {
      ...{ path, diff, diffComplete: complete, risk: patch?.risk.score ?? null },
      riskReasons: (patch?.risk.components ?? [])
        .filter(({ value, weight }) => value * weight > 0)
        .map(({ explanation }) => cleanWords(explanation)),
      canApply: patch?.canApply ?? false,
      sources: (patch?.sources ?? []).map((each) => cleanWords(each)),
      validatedBy: [...(patch?.validatedBy ?? [])],
      errorsBefore: shownErrors(file?.before ?? []),
      errorsAfter: shownErrors(file?.after ?? []),
      reason: cleanWords(file?.reason ?? ''),
      notes: report.notes.map(({ tool, message }) => cleanWords(`${tool}: ${message}`)),
    };
  },
};

function shownErrors(found: readonly Diagnostic[]) {
  return found
    .slice(0, MOST_ERRORS)
    .map(({ line, code, message, tool }) => ({ line, code, message: cleanWords(message), tool }));
}
