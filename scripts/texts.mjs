/**
 * Gathers every text that the editor shows from src/vscode into l10n/bundle.l10n.json, which translators start from, and
 * finds those that nobody could translate. Usage: node scripts/texts.mjs
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Properties and calls whose strings a person reads. */
const SHOWN_PROPERTIES = new Set([
  'label',
  'description',
  'detail',
  'tooltip',
  'title',
  'placeholder',
  'placeHolder',
  'message',
]);
const SHOWN_CALLS = /^(show(Information|Warning|Error)Message|setStatusBarMessage|TreeItem|leaf|row|inform|warn)$/;
/** The product's name reads the same everywhere. */
const NAMES = new Set(['Lodestone']);

function literal(node) {
  return ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) ? node.text : undefined;
}

/** Texts passed to l10n.t, and texts that are shown without it, as {text, file, line}. */
export function textsOf(folder) {
  const translated = new Set();
  const stragglers = [];
  for (const name of readdirSync(folder, { recursive: true }).map(String).sort()) {
    if (!name.endsWith('.ts')) continue;
    const source = ts.createSourceFile(name, readFileSync(join(folder, name), 'utf8'), ts.ScriptTarget.Latest, true);
    const straggler = (node) => {
      const text = node && literal(node);
      if (text && /\p{L}{2}/u.test(text) && !NAMES.has(text))
        stragglers.push({ text, file: name, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1 });
    };
    const visit = (node) => {
      if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
        const callee = node.expression.getText(source);
        const last = callee.split('.').at(-1);
        const [first] = node.arguments ?? [];
        if (callee.endsWith('l10n.t') && first) translated.add(literal(first) ?? first.getText(source));
        // Strings inside an icon's or a command's name are not read; only the first argument of these calls is.
        else if (SHOWN_CALLS.test(last)) straggler(first);
      }
      if (ts.isPropertyAssignment(node) && SHOWN_PROPERTIES.has(node.name.getText(source))) straggler(node.initializer);
      if (
        ts.isBinaryExpression(node) &&
        ts.isPropertyAccessExpression(node.left) &&
        SHOWN_PROPERTIES.has(node.left.name.text)
      )
        straggler(node.right);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return { texts: [...translated].sort(), stragglers };
}

/** The bundle's file content for these texts. */
export function bundleOf(texts) {
  return `${JSON.stringify(Object.fromEntries(texts.map((text) => [text, text])), undefined, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = resolve(fileURLToPath(import.meta.url), '../..');
  mkdirSync(join(root, 'l10n'), { recursive: true });
  const { texts, stragglers } = textsOf(join(root, 'src/vscode'));
  writeFileSync(join(root, 'l10n/bundle.l10n.json'), bundleOf(texts));
  for (const { text, file, line } of stragglers)
    process.stdout.write(`src/vscode/${file}:${line}: "${text}" is not translated\n`);
  process.exitCode = stragglers.length ? 1 : 0;
}
