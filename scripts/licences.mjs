/**
 * Writes THIRD_PARTY.md: every package and grammar that ships in dist/, with its version and the text of its licence.
 * Usage: node scripts/licences.mjs [--check] (with --check: exit 1 if the file is not what it should be)
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { bundles, common } from '../esbuild.mjs';
import { root } from './steps.mjs';

const target = join(root, 'THIRD_PARTY.md');
/** Copied into dist/ as files, so that no bundle mentions them. */
const COPIED = ['web-tree-sitter', 'typescript'];

/** Packed beside dist/'s bundles by scripts/package.mjs; their packages hold no licence file, only its name and this line's holder. */
const PACKED = {
  'onnxruntime-common': 'Copyright (c) 2018 - present Microsoft Corporation',
  'onnxruntime-node': 'Copyright (c) 2018 - present Microsoft Corporation',
};

/** Names of the packages whose code is inside the bundles or packed beside them. */
async function bundledPackages() {
  const found = new Set([...COPIED, ...Object.keys(PACKED)]);
  for (const { entry, external = [] } of bundles) {
    const options = { ...common, sourcemap: false, entryPoints: [entry], outdir: 'out/licences', external };
    const { metafile } = await esbuild.build({ ...options, metafile: true, write: false });
    for (const { inputs } of Object.values(metafile.outputs))
      for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
        const name = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];
        if (name && bytesInOutput > 0) found.add(name);
      }
  }
  return [...found].sort();
}

/** The MIT licence, as it stands in our own LICENSE, of another holder. */
function mitOf(holder) {
  return readFileSync(join(root, 'LICENSE'), 'utf8')
    .replace(/^Copyright .*$/m, holder)
    .trim();
}

function licenceText(folder) {
  const file = readdirSync(folder)
    .sort()
    .find((name) => /^(licen[cs]e|copying)/i.test(name));
  if (!file) throw new Error(`${folder} has no licence file`);
  return readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim();
}

function section(title, text) {
  return `## ${title}\n\n\`\`\`text\n${text}\n\`\`\`\n`;
}

const sections = [];
for (const name of await bundledPackages()) {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (name in PACKED && license !== 'MIT') throw new Error(`${name} is under ${license} now: say so in PACKED.`);
  const text = name in PACKED ? mitOf(PACKED[name]) : licenceText(folder);
  sections.push(section(`${name} ${version} (${license})`, text));
}
const grammars = new Map();
for (const { queries, source } of JSON.parse(readFileSync(join(root, 'grammars/languages.json'), 'utf8'))) {
  const folder = join(root, 'grammars', queries);
  if (!grammars.has(source.package) && readdirSync(folder).some((name) => /^licen[cs]e/i.test(name)))
    grammars.set(
      source.package,
      section(`${source.package} ${source.version} (${source.licence})`, licenceText(folder)),
    );
}
sections.push(...[...grammars].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text));

const text = `# Third-party software in Lodestone\n\nWhat ships inside Lodestone, with its licences. Written by \`node scripts/licences.mjs\`.\n\n${sections.join('\n')}`;
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  process.stderr.write('THIRD_PARTY.md is out of date: node scripts/licences.mjs\n');
  process.exitCode = 1;
}
