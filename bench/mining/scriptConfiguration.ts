/** Rules of Prettier, ESLint, oxlint and Biome, read from their files; nothing of a repository is run. */
import { parse as parseYaml } from 'yaml';
import type { Demands } from './configuredRules.ts';
import { asJson, type Json, withoutComments } from './looseValues.ts';

/** JSON with comments and commas that it should not have, YAML, or the literal in a JavaScript module. */
function looseObject(text: string, base: string): Json {
  if (/\.ya?ml$/.test(base)) return asJson(parseYaml(text));
  const literal = /\.[cm]?[jt]s$/.test(base)
    ? (/(?:=|export default)\s*(\{[\s\S]*?^\})/m.exec(text)?.[1] ?? '{}')
    : text;
  const plain = withoutComments(literal)
    .replace(/^[^{]*/, '')
    .replace(/\}[^}]*$/, '}');
  // YAML reads JSON, quoted or not, with or without last commas.
  return asJson(parseYaml(plain.replace(/\t/g, ' ')));
}

export function readPrettier(text: string, demands: Demands, base: string): void {
  prettierRules(looseObject(text, base === '.prettierrc' && !text.trim().startsWith('{') ? 'x.yaml' : base), demands);
}

/** What Prettier does where nothing is said is demanded, too. */
function prettierRules(given: Json, demands: Demands): void {
  const add = (rule: string) => demands.add('ecmascript', rule);
  add(given['singleQuote'] === true ? 'quotes single' : 'quotes double');
  add(given['semi'] === false ? 'no semicolons' : 'semicolons');
  add(given['useTabs'] === true ? 'indent tabs' : `indent ${given['tabWidth'] === 4 ? 4 : 2}`);
  const commas = given['trailingComma'] ?? 'all';
  add(commas === 'none' ? 'no commas in data' : 'commas in data');
  add(commas === 'all' ? 'commas in calls' : 'no commas in calls');
  add(given['arrowParens'] === 'avoid' ? 'no arrow parentheses' : 'arrow parentheses');
  if (given['bracketSpacing'] !== false) add('braces spaced');
  const width = Number(given['printWidth'] ?? 80);
  add(`width ${width}`);
  if (JSON.stringify(given['plugins'] ?? '').includes('import')) add('imports sorted');
}

export function readManifest(text: string, demands: Demands): void {
  const manifest = asJson(JSON.parse(text));
  if (typeof manifest['prettier'] === 'object') prettierRules(asJson(manifest['prettier']), demands);
  const eslint = asJson(manifest['eslintConfig']);
  if (eslint['rules']) eslintRules(asJson(eslint['rules']), demands);
  if ('standard' in asJson(manifest['devDependencies']))
    for (const rule of ['quotes single', 'no semicolons', 'indent 2', 'eqeqeq', 'no-var', 'prefer-const'])
      demands.add('ecmascript', rule);
}

/** Rules of ESLint, oxlint and their plugins, without the plugin's name. */
const ESLINT: Readonly<Record<string, string>> = {
  eqeqeq: 'eqeqeq',
  'no-var': 'no-var',
  'prefer-const': 'prefer-const',
  curly: 'curly',
  camelcase: 'functions camelCase',
  'prefer-arrow-callback': 'prefer-arrow-callback',
  'prefer-template': 'prefer-template',
  'object-shorthand': 'object-shorthand',
  'no-default-export': 'no-default-export',
  'no-explicit-any': 'no-explicit-any',
  'array-type': 'array-type',
  'no-non-null-assertion': 'no-non-null-assertion',
  'consistent-type-imports': 'consistent-type-imports',
  'no-console': 'no-console',
  'sort-imports': 'imports sorted',
  'simple-import-sort': 'imports sorted',
  imports: 'imports sorted',
  'sort-imports-es6-autofix': 'imports sorted',
  order: 'imports grouped',
  'filename-case': 'files kebab-case',
  'explicit-function-return-type': 'return types',
  'explicit-module-boundary-types': 'return types',
  'require-jsdoc': 'documented',
};

function eslintRules(rules: Json, demands: Demands): void {
  const add = (rule: string, wanted = true) => demands.add('ecmascript', rule, wanted);
  for (const [key, value] of Object.entries(rules)) {
    const level = String(Array.isArray(value) ? value[0] : value);
    const option = Array.isArray(value) ? value[1] : undefined;
    const name = key.split('/').pop() as string;
    const wanted = !/^(?:off|0|false)$/.test(level);
    const known = ESLINT[name];
    if (known) add(known, wanted);
    if (!wanted) continue;
    if (name === 'quotes') add(option === 'single' ? 'quotes single' : 'quotes double');
    else if (name === 'semi') add(option === 'never' ? 'no semicolons' : 'semicolons');
    else if (name === 'indent' && (option === 2 || option === 4 || option === 'tab'))
      add(option === 'tab' ? 'indent tabs' : `indent ${option}`);
    else if (name === 'max-len') add(`width ${Number(asJson(option)['code'] ?? option ?? 80)}`);
    else if (name === 'comma-dangle')
      add(option === 'never' || option === undefined ? 'no commas in data' : 'commas in data');
    else if (name === 'object-curly-spacing' && option === 'always') add('braces spaced');
    else if (name === 'arrow-parens') add(option === 'as-needed' ? 'no arrow parentheses' : 'arrow parentheses');
    else if (name === 'consistent-type-definitions')
      add(option === 'type' ? 'types for shapes' : 'interfaces for shapes');
  }
}

export function readEslint(text: string, demands: Demands, base: string): void {
  if (!/\.[cm]?[jt]s$/.test(base)) {
    const config = looseObject(text, /\.ya?ml$/.test(base) || text.trim().startsWith('{') ? base : 'x.yaml');
    for (const part of [config, ...(Array.isArray(config['overrides']) ? config['overrides'] : [])])
      eslintRules(asJson(asJson(part)['rules']), demands);
    return;
  }
  // A program: rules are what looks like one, since nothing of the repository is run.
  const plain = withoutComments(text);
  const rule =
    /(?:^|[\s{,])['"]?([@\w/-]+)['"]?\s*:\s*(?:\[\s*)?(?:['"](error|warn|off)['"]|([012])(?=\s*[,\]\n}]))(?:\s*,\s*(?:['"]([\w-]+)['"]|(\d+)))?/g;
  for (const [, name = '', word, number, option, digits] of plain.matchAll(rule))
    eslintRules(
      { [name]: [word ?? (number === '0' ? 'off' : 'error'), option ?? (digits ? Number(digits) : undefined)] },
      demands,
    );
}

/** Rules of Biome: those named here, and of the recommended ones those that concern us. */
const BIOME: Readonly<Record<string, string>> = {
  noDoubleEquals: 'eqeqeq',
  noVar: 'no-var',
  useConst: 'prefer-const',
  useBlockStatements: 'curly',
  useArrowFunction: 'prefer-arrow-callback',
  useTemplate: 'prefer-template',
  useShorthandPropertyAssignment: 'object-shorthand',
  noDefaultExport: 'no-default-export',
  noExplicitAny: 'no-explicit-any',
  useConsistentArrayType: 'array-type',
  noNonNullAssertion: 'no-non-null-assertion',
  useImportType: 'consistent-type-imports',
  noConsole: 'no-console',
  useFilenamingConvention: 'files kebab-case',
};
const BIOME_RECOMMENDED = [
  'noDoubleEquals',
  'noVar',
  'useArrowFunction',
  'noExplicitAny',
  'useConst',
  'useTemplate',
  'useImportType',
];

export function readBiome(text: string, demands: Demands, base: string): void {
  const config = looseObject(text, base);
  const add = (rule: string, wanted = true) => demands.add('ecmascript', rule, wanted);
  const formatter = asJson(config['formatter']);
  const script = asJson(asJson(config['javascript'])['formatter']);
  if (formatter['enabled'] !== false) {
    const of = (name: string, otherwise: unknown) => script[name] ?? formatter[name] ?? otherwise;
    add(of('quoteStyle', 'double') === 'single' ? 'quotes single' : 'quotes double');
    add(of('semicolons', 'always') === 'asNeeded' ? 'no semicolons' : 'semicolons');
    add(of('indentStyle', 'tab') === 'tab' ? 'indent tabs' : `indent ${of('indentWidth', 2) === 4 ? 4 : 2}`);
    const commas = of('trailingCommas', 'all');
    add(commas === 'none' ? 'no commas in data' : 'commas in data');
    add(commas === 'all' ? 'commas in calls' : 'no commas in calls');
    add(of('arrowParentheses', 'always') === 'asNeeded' ? 'no arrow parentheses' : 'arrow parentheses');
    if (of('bracketSpacing', true) !== false) add('braces spaced');
    add(`width ${Number(of('lineWidth', 80))}`);
  }
  const linter = asJson(config['linter']);
  const groups = asJson(linter['rules']);
  for (const rules of Object.values(groups))
    for (const [name, value] of Object.entries(asJson(rules))) {
      const level = typeof value === 'string' ? value : String(asJson(value)['level'] ?? 'on');
      if (BIOME[name]) add(BIOME[name], level !== 'off');
    }
  if (linter['enabled'] !== false && groups['recommended'] !== false && groups['preset'] !== 'none')
    for (const name of BIOME_RECOMMENDED) add(BIOME[name] as string);
  const source = asJson(asJson(asJson(config['assist'])['actions'])['source']);
  if (source['organizeImports'] === 'on' || asJson(source['organizeImports'])['level'] === 'on') add('imports sorted');
}
