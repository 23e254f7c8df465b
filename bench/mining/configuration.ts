/** Hidden configuration: of the mechanical rules that a repository's lint configuration and guides state, which does mining infer without them? */

import type { Family } from '../../src/core/languages.ts';
import { type ConfiguredRule, Demands } from './configuredRules.ts';
import { readGuide } from './guides.ts';
import type { BenchMiner, Snapshot } from './miner.ts';
import {
  readCargo,
  readEditorconfig,
  readGolangci,
  readPyproject,
  readRustfmt,
  readSetupCfg,
} from './otherConfiguration.ts';
import { familyOfPath } from './samples.ts';
import { readBiome, readEslint, readManifest, readPrettier } from './scriptConfiguration.ts';

/** Configuration by its file name; a guide is any text that tells people or agents how to write. */
export const CONFIGURATION =
  /(?:^|\/)(?:\.eslintrc(?:\.[a-z]+)?|eslint\.config\.[cm]?[jt]s|biome\.jsonc?|\.oxlintrc\.json|\.oxfmtrc\.jsonc?|\.prettierrc(?:\.[a-z]+)?|prettier\.config\.[cm]?[jt]s|\.editorconfig|pyproject\.toml|setup\.cfg|tox\.ini|\.flake8|\.?ruff\.toml|\.?rustfmt\.toml|\.?clippy\.toml|\.golangci\.ya?ml|package\.json|Cargo\.toml|AGENTS\.md|CLAUDE\.md|GEMINI\.md|CONTRIBUTING\.md|\.cursorrules|copilot-instructions\.md)$/;

/** The rules of all configuration of a repository with sources at `paths`; each file speaks for its folder's languages. */
export function configuredRules(
  configuration: ReadonlyMap<string, string>,
  sources: readonly string[],
): ConfiguredRule[] {
  const demands = new Demands();
  // Tools before what editors and people are told, and the nearest to the sources first.
  const rank = (path: string) => (/\.editorconfig$/.test(path) ? 2 : /\.md$|\.cursorrules$/.test(path) ? 1 : 0);
  const paths = [...configuration.keys()].sort(
    (a, b) => rank(a) - rank(b) || b.split('/').length - a.split('/').length || (a < b ? -1 : 1),
  );
  for (const path of paths) {
    const base = path.split('/').pop() as string;
    demands.within(familiesBelow(path.slice(0, -base.length).replace(/^\.github\//, ''), sources));
    try {
      READERS.find(([pattern]) => pattern.test(base))?.[1](configuration.get(path) as string, demands, base);
    } catch (error) {
      process.stderr.write(`${path} is not understood: ${(error as Error).message.split('\n')[0]}\n`);
    }
  }
  return demands.all();
}

/** Languages with fewer files are left out: three of them must keep a rule ten times. */
const LEAST_FILES = 10;

/** Languages of which a folder holds at least half: what is said of less is no rule of the repository. */
function familiesBelow(folder: string, sources: readonly string[]): Set<Family> {
  const families = new Set<Family>();
  for (const [family, paths] of Map.groupBy(sources, familyOfPath)) {
    const below = paths.filter((path) => path.startsWith(folder)).length;
    if (family !== undefined && below >= LEAST_FILES && below >= paths.length / 2) families.add(family);
  }
  return families;
}

type Reader = (text: string, demands: Demands, base: string) => void;

const READERS: readonly (readonly [RegExp, Reader])[] = [
  [/^(?:\.prettierrc|prettier\.config|\.oxfmtrc)/, readPrettier],
  [/^biome\./, readBiome],
  [/^(?:\.eslintrc|eslint\.config|\.oxlintrc)/, readEslint],
  [/^package\.json$/, readManifest],
  [/^\.editorconfig$/, readEditorconfig],
  [/^(?:pyproject\.toml|\.?ruff\.toml)$/, readPyproject],
  [/^(?:setup\.cfg|tox\.ini|\.flake8)$/, readSetupCfg],
  [/rustfmt\.toml$/, readRustfmt],
  [/^Cargo\.toml$/, readCargo],
  [/^\.golangci/, readGolangci],
  [/\.md$|\.cursorrules$/, readGuide],
];

export interface Inferred {
  readonly rules: number;
  readonly stated: number;
  /** The contrary is stated. */
  readonly denied: number;
  /** Turned off, and stated all the same. */
  readonly unasked: number;
  readonly missed: readonly string[];
  readonly wrong: readonly string[];
}

/** Mines a snapshot without its configuration and compares what the conventions say with what that demands. */
export async function inferredRules(
  miner: BenchMiner,
  snapshot: Snapshot,
  configuration: ReadonlyMap<string, string>,
): Promise<Inferred> {
  const texts = new Map([...snapshot.texts].filter(([path]) => !CONFIGURATION.test(path)));
  const { stated: said } = await miner.mine({ ...snapshot, texts });
  const says = ({ family }: ConfiguredRule, patterns: readonly string[]) =>
    patterns.some((pattern) => said.has(`${family} ${pattern}`));
  const all = configuredRules(configuration, [...texts.keys()]);
  const wanted = all.filter((rule) => rule.wanted);
  const label = ({ family, rule }: ConfiguredRule) => `${family} ${rule}`;
  const isStated = (rule: ConfiguredRule) => says(rule, rule.stated);
  const denied = wanted.filter((rule) => !isStated(rule) && says(rule, rule.denied));
  const unasked = all.filter((rule) => !rule.wanted && isStated(rule));
  return {
    ...{ rules: wanted.length, stated: wanted.filter(isStated).length, denied: denied.length, unasked: unasked.length },
    missed: wanted.filter((rule) => !isStated(rule)).map(label),
    wrong: [...denied, ...unasked].map(label),
  };
}
