/** Rules of EditorConfig, Python's, Rust's and Go's tools, read from their files. */

import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import type { Family } from '../../src/core/languages.ts';

import type { Demands } from './configuredRules.ts';
import { asJson, asList, type Json } from './looseValues.ts';

export function readEditorconfig(text: string, demands: Demands): void {
  // What a later section says of some files goes before what is said of all.
  for (const section of text.split(/^(?=\[)/m).reverse()) {
    const [, pattern = ''] = /^\[(.*)\]/.exec(section) ?? [];
    const value = (key: string) => new RegExp(`^\\s*${key}\\s*=\\s*(\\S+)`, 'mi').exec(section)?.[1]?.toLowerCase();
    const families: Family[] = [];
    const all = pattern === '*' || pattern === '**';
    if (all || /\b[jt]sx?\b/.test(pattern)) families.push('ecmascript');
    if (all || /\bpy\b/.test(pattern)) families.push('python');
    if (all || /\brs\b/.test(pattern)) families.push('rust');
    const size = value('indent_size');
    const style = value('indent_style');
    for (const family of families) {
      if (style === 'tab') demands.add(family, 'indent tabs');
      else if (size === '2' || size === '4') demands.add(family, `indent ${size}`);
      const width = Number(value('max_line_length'));
      if (width >= 79) demands.add(family, `width ${width}`);
    }
  }
}

/** Ruff's rules by code; a prefix selects all that begin with it. */
const RUFF: readonly (readonly [string, string])[] = [
  ['I001', 'imports sorted'],
  ['I001', 'imports grouped'],
  ['UP006', 'modern generics'],
  ['UP007', 'modern unions'],
  ['UP032', 'f-strings'],
  ['N802', 'functions snake_case'],
  ['N801', 'types PascalCase'],
  ['E711', 'is None'],
  ['E722', 'typed handlers'],
  ['B904', 'raise from'],
  ['T201', 'no print'],
  ['PTH100', 'pathlib'],
  ['ANN201', 'return types'],
  ['D103', 'documented'],
  ['TID252', 'imports absolute'],
  ['COM812', 'commas in data'],
  ['COM812', 'commas in calls'],
];

function ruffRules(ruff: Json, demands: Demands): void {
  const add = (rule: string, wanted = true) => demands.add('python', rule, wanted);
  const lint = { ...ruff, ...asJson(ruff['lint']) };
  if (ruff['line-length']) add(`width ${Number(ruff['line-length'])}`);
  const format = asJson(ruff['format']);
  if (Object.keys(format).length > 0 || ruff['line-length']) {
    const style = format['quote-style'] ?? 'double';
    if (style !== 'preserve') add(style === 'single' ? 'quotes single' : 'quotes double');
  }
  const selected = [...asList(lint['select'] ?? ['E4', 'E7', 'E9', 'F']), ...asList(lint['extend-select'])];
  const ignored = [...asList(lint['ignore']), ...asList(lint['extend-ignore'])];
  const covers = (codes: readonly string[], code: string) =>
    codes.some((prefix) => prefix === 'ALL' || (code.startsWith(prefix) && /^\d*$/.test(code.slice(prefix.length))));
  for (const [code, rule] of RUFF) if (covers(selected, code)) add(rule, !covers(ignored, code));
  const isort = asJson(lint['isort']);
  if (isort['force-single-line'] === true || lint['isort.force-single-line'] === true) add('imports one name');
}

export function readPyproject(text: string, demands: Demands, base: string): void {
  const config = asJson(parseToml(text));
  if (base.endsWith('ruff.toml')) return ruffRules(config, demands);
  const tool = asJson(config['tool']);
  const add = (rule: string) => demands.add('python', rule);
  if (tool['ruff']) ruffRules(asJson(tool['ruff']), demands);
  if (tool['black']) {
    const black = asJson(tool['black']);
    add(`width ${Number(black['line-length'] ?? 88)}`);
    if (black['skip-string-normalization'] !== true) add('quotes double');
    add('indent 4');
    add('commas in data');
    add('commas in calls');
  }
  if (tool['isort']) {
    add('imports sorted');
    add('imports grouped');
    if (asJson(tool['isort'])['force_single_line'] === true) add('imports one name');
  }
  const mypy = asJson(tool['mypy']);
  if (mypy['disallow_untyped_defs'] === true || mypy['strict'] === true) add('return types');
}

export function readSetupCfg(text: string, demands: Demands): void {
  const sections = new Map(text.split(/^(?=\[)/m).map((part) => [/^\[(.*)\]/.exec(part)?.[1] ?? '', part]));
  const width = /^max-line-length\s*=\s*(\d+)/m.exec(sections.get('flake8') ?? '')?.[1];
  if (width) demands.add('python', `width ${width}`);
  if (sections.has('flake8')) for (const rule of ['is None', 'typed handlers']) demands.add('python', rule);
  const isort = sections.get('isort') ?? sections.get('tool:isort');
  if (isort !== undefined) {
    demands.add('python', 'imports sorted');
    demands.add('python', 'imports grouped');
    if (/^force_single_line\s*=\s*true/im.test(isort)) demands.add('python', 'imports one name');
  }
  if (/^disallow_untyped_defs\s*=\s*true/im.test(sections.get('mypy') ?? '')) demands.add('python', 'return types');
}

/** What rustfmt does unless told otherwise is demanded where there is a file for it. */
export function readRustfmt(text: string, demands: Demands): void {
  const config = asJson(parseToml(text));
  const add = (rule: string) => demands.add('rust', rule);
  add(`width ${Number(config['max_width'] ?? 100)}`);
  add(config['hard_tabs'] === true ? 'indent tabs' : `indent ${config['tab_spaces'] === 2 ? 2 : 4}`);
  add('commas in data');
  add('commas in calls');
  if (config['group_imports'] === 'StdExternalCrate') add('imports grouped');
  if (config['reorder_imports'] !== false) add('imports sorted');
}

export function readCargo(text: string, demands: Demands): void {
  const config = asJson(parseToml(text));
  const lints = asJson(asJson(config['lints'])['clippy'] ?? asJson(asJson(config['workspace'])['lints'])['clippy']);
  const rustc = asJson(asJson(config['lints'])['rust'] ?? asJson(asJson(config['workspace'])['lints'])['rust']);
  const isOn = (value: unknown) =>
    value !== undefined && (typeof value === 'string' ? value : asJson(value)['level']) !== 'allow';
  if (isOn(lints['unwrap_used'])) demands.add('rust', 'no unwrap');
  if (isOn(lints['print_stdout']) || isOn(lints['dbg_macro'])) demands.add('rust', 'no print');
  if (isOn(rustc['missing_docs'])) demands.add('rust', 'documented');
}

const GOLANGCI: Readonly<Record<string, readonly string[]>> = {
  gci: ['imports grouped'],
  goimports: ['imports grouped'],
  godot: ['doc period'],
  errorlint: ['errors.Is'],
  forbidigo: ['no print'],
  modernize: ['any'],
};

export function readGolangci(text: string, demands: Demands): void {
  const config = asJson(parseYaml(text));
  const linters = asJson(config['linters']);
  const formatters = asJson(config['formatters']);
  for (const name of [...asList(linters['enable']), ...asList(formatters['enable'])])
    for (const rule of GOLANGCI[name] ?? []) demands.add('go', rule);
  const settings = { ...asJson(config['linters-settings']), ...asJson(linters['settings']) };
  if (asList(linters['enable']).includes('lll'))
    demands.add('go', `width ${Number(asJson(settings['lll'])['line-length'] ?? 120)}`);
  const revive = asJson(settings['revive'])['rules'];
  if (Array.isArray(revive))
    for (const rule of revive) {
      const { name, disabled } = asJson(rule);
      if (name === 'exported') demands.add('go', 'documented', disabled !== true);
      if (name === 'use-any') demands.add('go', 'any', disabled !== true);
    }
}
