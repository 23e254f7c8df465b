/**
 * What a person sees who installs the .vsix and opens a folder they do not trust: checks from outside, through the
 * page, since a window that runs tests is always trusted.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './steps.mjs';
import { ensureBrowser, ensureServer, installExtension, openBrowser, startServer, windowUrl } from './vscodeServer.mjs';

/** A repository that would like to run something: whatever executes its configuration leaves `marker` behind. */
function hostileWorkspace(folder, marker) {
  const touch = `require('node:fs').writeFileSync(${JSON.stringify(marker)}, 'ran');`;
  const files = {
    'package.json': JSON.stringify({ name: 'hostile', devDependencies: { eslint: '*', typescript: '*' } }),
    'eslint.config.js': `${touch}\nmodule.exports = [];\n`,
    'node_modules/eslint/package.json': JSON.stringify({ name: 'eslint', version: '9.0.0', main: 'index.js' }),
    'node_modules/eslint/index.js': touch,
    'node_modules/typescript/package.json': JSON.stringify({
      name: 'typescript',
      version: '6.0.0',
      main: 'lib/typescript.js',
    }),
    'node_modules/typescript/lib/typescript.js': touch,
    'conftest.py': `open(${JSON.stringify(marker)}, 'w').write('ran')\n`,
    '.git/config': `[core]\n\trepositoryformatversion = 0\n\tfsmonitor = "touch ${marker}"\n\thooksPath = hooks\n`,
    '.git/HEAD': 'ref: refs/heads/main\n',
    '.git/objects/.keep': '',
    '.git/refs/.keep': '',
    ...Object.fromEntries(
      ['alpha', 'beta', 'gamma', 'delta'].map((name) => [
        `src/${name}.ts`,
        `import { readFile } from 'node:fs/promises';\n\nexport async function load${name}(path: string): Promise<unknown> {\n` +
          `  try {\n    const text = await readFile(path, 'utf8');\n    return JSON.parse(text);\n  } catch (error) {\n` +
          `    throw new Error(\`Cannot read \${path}\`, { cause: error });\n  }\n}\n`,
      ]),
    ),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Installs the .vsix, opens an untrusted folder, looks. Returns a report like mocha's. */
export async function restrictedChecks({ home, vsix, env }) {
  await ensureServer();
  const report = { passed: 0, failed: [], skipped: [] };
  const check = async (title, body) => {
    try {
      await body();
      report.passed++;
      process.stdout.write(`  ✔ ${title}\n`);
    } catch (error) {
      report.failed.push({ title, message: error.message });
    }
  };
  const places = { data: join(home, 'data'), extensions: join(home, 'extensions') };
  for (const place of Object.values(places)) mkdirSync(place, { recursive: true });
  const marker = join(home, 'executed');
  const workspace = join(home, 'workspace');
  hostileWorkspace(workspace, marker);
  await installExtension(vsix, places);
  const server = await startServer({ ...places, env });
  const browser = await openBrowser(await ensureBrowser());
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.goto(windowUrl(server, workspace));
    await check('the .vsix activates in an untrusted folder', async () => {
      // The question is not asked in every kind of window; the folder is untrusted until it is answered.
      const no = page.getByRole('button', { name: "No, I don't trust the authors" });
      if (await no.isVisible()) await no.click();
      await page.getByRole('tab', { name: 'Lodestone' }).click({ timeout: 60_000 });
    });
    await check('mining works without trust', async () => {
      await page.locator('.pane-header', { hasText: 'Status' }).first().click();
      await page
        .locator('[id="lodestone.status"], .pane')
        .getByText('Restricted Mode')
        .first()
        .waitFor({ timeout: 60_000 });
      await page
        .locator('.pane-body')
        .getByText(/attractors in/)
        .first()
        .waitFor({ timeout: 120_000 });
    });
    await check('what is given to a model is shown without trust', async () => {
      const input = page.locator('.quick-input-widget input');
      await page.keyboard.press('Control+P');
      await input.fill('alpha.ts');
      await page.locator('.quick-input-list').getByText('alpha.ts').first().click({ timeout: 30_000 });
      await page.locator('.tab').getByText('alpha.ts').first().waitFor({ timeout: 30_000 });
      await page
        .locator('.pane-body')
        .getByText(/Consider-block|APIs in reach/)
        .first()
        .waitFor({ timeout: 30_000 });
    });
    await check('healing without trust runs nothing of the repository', async () => {
      const input = page.locator('.quick-input-widget input');
      await page.keyboard.press('Control+P');
      await input.fill('alpha.ts');
      await page.locator('.quick-input-list').getByText('alpha.ts').first().click({ timeout: 30_000 });
      await page.locator('.tab').getByText('alpha.ts').first().waitFor({ timeout: 30_000 });
      await page.keyboard.press('F1');
      await input.fill('>Lodestone: Heal This File');
      await page.locator('.quick-input-list').getByText('Heal This File').first().click({ timeout: 30_000 });
      await page
        .getByText(/no errors to heal|Nothing was changed/)
        .first()
        .waitFor({ timeout: 120_000 });
    });
    await check('nothing of an untrusted repository was executed', async () => {
      if (existsSync(marker)) throw new Error('The repository’s own code ran.');
    });
    if (report.failed.length) await page.screenshot({ path: join(root, 'out', 'restricted-failure.png') });
  } finally {
    await browser.close();
    await server.stop();
  }
  return report;
}
