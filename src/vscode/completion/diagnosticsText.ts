/**
 * Diagnostics to paste into a report: versions, settings that differ, the model's state, the last requests and the counts. No
 * code, no path, no address, no key: of settings only those values are told that a list offers, and the model's name.
 */
import type { CompletionStats } from '../../core/completion/completion.ts';
import type { RequestRecord } from '../../core/completion/session/requestLog.ts';
import { SETTINGS, type Setting, type SettingId } from '../../core/settings.ts';

export interface DiagnosticFacts {
  readonly versions: Readonly<Record<string, string>>;
  /** Name of the folder, without where it lies. */
  readonly repository: string;
  readonly settings: Readonly<Partial<Record<SettingId, unknown>>>;
  readonly engine: string;
  readonly model: { readonly state: string; readonly name: string | null; readonly code?: string };
  readonly mining: { readonly state: string; readonly files?: number; readonly attractors?: number };
  readonly requests: readonly RequestRecord[];
  readonly stats: CompletionStats | undefined;
}

export function diagnosticsText(facts: DiagnosticFacts): string {
  const { versions, repository, settings, engine, model, mining, requests, stats } = facts;
  const lines = ['# Lodestone diagnostics', ''];
  for (const [name, version] of Object.entries(versions)) lines.push(`- ${name}: ${version}`);
  lines.push(`- repository: ${repository}`, `- engine: ${engine}`);
  lines.push(`- model: ${model.name ?? 'none'}, ${model.state}${model.code ? ` (${model.code})` : ''}`);
  const mined = mining.files === undefined ? '' : `, ${mining.files} files, ${mining.attractors ?? 0} attractors`;
  lines.push(`- mining: ${mining.state}${mined}`, '', '## Settings that differ', '');
  const changed = (Object.keys(settings) as SettingId[]).map((id) => `- ${id}: ${settingWords(id, settings[id])}`);
  lines.push(...(changed.length ? changed : ['None.']), '', '## Last requests, newest first', '');
  lines.push(...(requests.length ? requests.map(requestLine) : ['None.']), '', '## Counts (kept: an estimate)', '');
  lines.push(...statsLines(stats));
  return `${lines.join('\n')}\n`;
}

/** Free texts may hold paths, addresses or names of people: that they are set is enough. */
function settingWords(id: SettingId, value: unknown): string {
  const setting = (SETTINGS as readonly Setting[]).find((each) => each.id === id);
  if (id === 'lodestone.model.name') return JSON.stringify(value);
  if (setting?.type === 'boolean' || setting?.type === 'number' || setting?.enum) return JSON.stringify(value);
  return Array.isArray(value) ? `${value.length} entries` : 'set';
}

function requestLine(record: RequestRecord): string {
  const { at, language, manual, outcome, gate, origin, source, characters, model, filters, timings, problem } = record;
  const told = [
    `${new Date(at).toISOString()} ${language}${manual ? ', by hand' : ''}: ${outcome}`,
    gate && `gate ${gate}`,
    origin,
    source && `from ${source}, ${characters} characters`,
    model && `model ${model}`,
    filters?.length ? `rejected by ${filters.join(', ')}` : undefined,
    problem?.code,
    record.onBattery ? 'on battery' : undefined,
    timings &&
      `context ${ms(timings.contextMs)}, first ${ms(timings.firstMs)}, model ${ms(timings.modelMs)}, total ${ms(timings.totalMs)}`,
    record.wholeMs === undefined ? undefined : `whole ${ms(record.wholeMs)}`,
  ];
  return `- ${told.filter(Boolean).join('; ')}`;
}

function ms(value: number | null): string {
  return value === null ? '–' : `${Math.round(value)} ms`;
}

function statsLines(stats: CompletionStats | undefined): string[] {
  if (!stats) return ['Not available.'];
  const rows = stats.rows.map(
    ({ language, source, model, proposed, kept, keptInPart, retries, totalMs }) =>
      `- ${language}, ${source}${model ? ` (${model})` : ''}: ${proposed} proposed, ${kept} kept, ${keptInPart} in part, ${retries} retries, ${ms(proposed ? totalMs / proposed : null)} each`,
  );
  const rejected = Object.entries(stats.rejected).map(([filter, count]) => `- rejected by ${filter}: ${count}`);
  return rows.length + rejected.length ? [...rows, ...rejected] : ['None.'];
}
