/**
 * Pictures of the extension in light, dark and high contrast, as a person sees it: the .vsix is installed, the sample is
 * opened and healed. Usage: node scripts/screenshots.mjs [--vsix FILE] [--out DIR] [--theme light|dark|highContrast]
 *        [--only infill]
 */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { packageVsix } from './package.mjs';
import { brokenFiles, prepareSample } from './sample.mjs';
import { toolEnvironment } from './setup.mjs';
import { root } from './steps.mjs';
import { ensureBrowser, ensureServer, installExtension, openBrowser, startServer, windowUrl } from './vscodeServer.mjs';

const THEMES = { light: 'Default Light Modern', dark: 'Default Dark Modern', highContrast: 'Default High Contrast' };

const SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'git.openRepositoryInParentFolders': 'never',
  'window.commandCenter': false,
  'editor.minimap.enabled': false,
  'breadcrumbs.enabled': false,
  // Guidance, and in each of many steps a tenth of the tokens taken back: masks are to be seen until the picture is taken, on a fast machine too.
  'lodestone.infill.preset': 'quality',
  'lodestone.infill.sampler': 'remasking',
  'lodestone.infill.steps': 1000,
};

function option(flag) {
  const at = process.argv.indexOf(flag);
  return at === -1 ? undefined : process.argv[at + 1];
}

/** Runs a command by its title; the palette is opened anew while the window has not registered it yet. */
async function command(page, title) {
  const row = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
  for (let attempt = 1; ; attempt++) {
    await page.keyboard.press('F1');
    try {
      // A dialog that is being drawn may swallow the key.
      await page.locator('.quick-input-widget input').fill(`>${title}`, { timeout: 5_000 });
      // The list lags behind what is typed: only the row that says so is the right one.
      return await row.click({ timeout: 5_000 });
    } catch (error) {
      if (attempt === 6) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** Functions of the sample to regenerate. */
const ROUTINES = ['couponService.ts:28', 'couponService.ts:40', 'productService.ts:38', 'shipmentService.ts:21'];

/** A short text is written before its preview opens: another function is tried then, until one is seen while it is written. */
async function shootDenoising(page, { picture, settle, openFile }) {
  const mask = page.getByText('▢').first();
  const busy = page.getByText(/^Lodestone: writing /).first();
  const done = async () => {
    await busy.waitFor({ timeout: 30_000 });
    await busy.waitFor({ state: 'detached', timeout: 120_000 });
    return false;
  };
  for (const place of [...ROUTINES, ...ROUTINES]) {
    await openFile(place);
    await command(page, 'Lodestone: Regenerate This Function');
    const shown = mask.waitFor({ timeout: 120_000 }).then(
      () => true,
      () => false,
    );
    if (await Promise.race([shown, done().catch(() => false)])) {
      await picture('denoising');
      // Still there: so it is on the picture.
      const isTaken = await mask.isVisible();
      const cancel = page.getByRole('button', { name: 'Cancel' }).first();
      if (await cancel.isVisible()) await cancel.click();
      await settle();
      if (isTaken) return command(page, 'View: Close All Editors');
    }
    await settle();
    if (
      await page
        .getByText(/^Risk \d+/)
        .first()
        .isVisible()
    )
      await command(page, 'Lodestone: Reject Patch');
    await command(page, 'View: Close All Editors');
    await command(page, 'Notifications: Clear All Notifications');
  }
  throw new Error('No function was seen while it was denoised: choose a longer one, or a larger model.');
}

/** A function while it is denoised, a hole filled, and what was withheld there, to choose from. */
async function shootInfill(page, { picture, settle, openFile }) {
  for (const view of ['Attractors', 'Given to the Model Here', 'Status']) {
    const header = page.locator('.pane-header', { hasText: view }).first();
    if ((await header.getAttribute('aria-expanded')) === 'true') await header.click();
  }
  const hole = async (place) => {
    await openFile(place);
    await page.keyboard.press('End');
    await page.keyboard.press('Shift+Home');
    await page.keyboard.press('Delete');
    await command(page, 'Lodestone: Fill Here');
  };
  await shootDenoising(page, { picture, settle, openFile });

  await hole('couponService.ts:28');
  await page
    .getByText(/^Risk \d+/)
    .first()
    .waitFor({ timeout: 120_000 });
  await command(page, 'Notifications: Clear All Notifications');
  await command(page, 'Lodestone: Focus on Healing View');
  await settle(1500);
  await picture('filled');
  await command(page, 'Lodestone: Reject Patch');
  await command(page, 'Lodestone: Show What Was Withheld');
  await page
    .getByText(/^Candidate 1 of/)
    .first()
    .waitFor({ timeout: 30_000 });
  await command(page, 'Lodestone: Show Next Candidate');
  await command(page, 'Lodestone: Focus on Healing View');
  await settle(1500);
  await picture('candidates');
}

/** Takes every picture of one theme; resolves with their names. */
async function shoot(page, address, name, folder, target) {
  const picture = (what) => page.screenshot({ path: join(folder, `${what}-${name}.png`) });
  const settle = (ms = 900) => page.waitForTimeout(ms);
  const openFile = async (name) => {
    await page.keyboard.press('Control+P');
    await page.locator('.quick-input-widget input').fill(name);
    await settle(1200);
    await page.keyboard.press('Enter');
    await page.locator('.monaco-editor .view-line').first().waitFor();
    await settle();
  };
  await page.goto(address);
  await page.getByRole('tab', { name: 'Lodestone' }).first().click({ timeout: 60_000 });
  await command(page, 'Workspaces: Manage Workspace Trust');
  await page.getByRole('button', { name: 'Trust', exact: true }).first().click({ timeout: 30_000 });
  await command(page, 'View: Close All Editors');
  await page
    .getByText(/^\d+ found$/)
    .first()
    .waitFor({ timeout: 120_000 });
  await settle(1500);
  if (await page.locator('.part.auxiliarybar').isVisible())
    await command(page, 'View: Toggle Secondary Side Bar Visibility');
  await command(page, 'Notifications: Clear All Notifications');
  await settle();
  // The sidebar as wide as a person would drag it, and one attractor unfolded with its code beside it.
  await page.mouse.move(351, 480);
  await page.mouse.down();
  await page.mouse.move(560, 480, { steps: 8 });
  await page.mouse.up();
  const rows = page.locator('.pane').first().locator('.monaco-list-row');
  await rows.nth(1).locator('.monaco-tl-twistie').click();
  await settle();
  await rows.nth(2).click();
  await page.locator('.monaco-editor .view-line').first().waitFor();
  await rows.nth(1).hover();
  await settle(2000);
  await picture('attractors');
  await page.mouse.move(900, 500);

  if (option('--only') === 'infill') return shootInfill(page, { picture, settle, openFile });
  await openFile(target);
  await command(page, 'Lodestone: Heal This File');
  await page
    .getByText(/^Risk \d+/)
    .first()
    .waitFor({ timeout: 120_000 });
  await command(page, 'Lodestone: Focus on Healing View');
  await settle(1500);
  await picture('review');

  await command(page, 'Lodestone: Reject Patch');
  await command(page, 'View: Close All Editors');
  await command(page, 'Lodestone: Check Tools');
  await settle(4000);
  await picture('status');

  await command(page, 'Lodestone: Open Walkthrough');
  await settle(2500);
  await picture('walkthrough');

  // A line taken out and begun again: ghost text from the repository, which needs no model's server.
  await command(page, 'View: Close All Editors');
  await openFile('shipmentService.ts:21');
  await page.keyboard.press('End');
  await page.keyboard.press('Shift+Home');
  await page.keyboard.press('Delete');
  await page.keyboard.type('if (');
  await page.keyboard.press('Delete');
  await settle(2500);
  await command(page, 'Lodestone: Suggest Code Here');
  await page.locator('.ghost-text, .ghost-text-decoration').first().waitFor({ timeout: 30_000 });
  await settle();
  await picture('suggestion');
  await command(page, 'Lodestone: Show Menu');
  await settle();
  await picture('menu');
  await page.keyboard.press('Escape');
  await command(page, 'Lodestone: Why No Suggestion?');
  await page.locator('.notification-toast').first().waitFor();
  await settle();
  await picture('why');
  await command(page, 'Notifications: Clear All Notifications');
  await command(page, 'Lodestone: Show Completion Statistics');
  await settle(2500);
  await picture('statistics');

  // All of what is given, with the document beside the code.
  await command(page, 'View: Close All Editors');
  await openFile('productService.ts:38');
  for (const view of ['Attractors', 'Healing', 'Status'])
    await page.locator('.pane-header', { hasText: view }).first().click();
  await command(page, 'Lodestone: Open What Is Given to the Model Here');
  await settle(2000);
  await picture('given');
  await command(page, 'View: Close All Editors');
  await shootInfill(page, { picture, settle, openFile });
}

async function main() {
  await ensureServer();
  const vsix = resolve(option('--vsix') ?? (await packageVsix()));
  const out = resolve(option('--out') ?? join(root, 'out/screenshots'));
  mkdirSync(out, { recursive: true });
  // Outside this repository, whose .gitignore would hide the workspace from mining.
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'lodestone-pictures-'));
  const target = (option('--file') ?? brokenFiles()[0].path).split('/').at(-1);
  const places = { data: join(home, 'data'), extensions: join(home, 'extensions') };
  for (const place of Object.values(places)) mkdirSync(place, { recursive: true });
  await installExtension(vsix, places);
  const env = { ...toolEnvironment(), XDG_CACHE_HOME: join(home, 'cache') };
  const server = await startServer({ ...places, env });
  const browser = await openBrowser(await ensureBrowser());
  try {
    const wanted = option('--theme');
    for (const [name, theme] of Object.entries(THEMES)) {
      if (wanted && wanted !== name) continue;
      const workspace = join(home, name, 'orders');
      cpSync(prepareSample('pictures-sample'), workspace, { recursive: true });
      mkdirSync(join(workspace, '.vscode'), { recursive: true });
      writeFileSync(
        join(workspace, '.vscode/settings.json'),
        JSON.stringify({ ...SETTINGS, 'workbench.colorTheme': theme }),
      );
      const page = await browser.newPage({ viewport: { width: 1680, height: 980 } });
      try {
        await shoot(page, windowUrl(server, workspace), name, out, target);
      } catch (error) {
        await page.screenshot({ path: join(out, `failed-${name}.png`) });
        throw error;
      }
      await page.close();
    }
  } finally {
    await browser.close();
    await server.stop();
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
  process.stdout.write(`The pictures are in ${out}\n`);
}

await main();
