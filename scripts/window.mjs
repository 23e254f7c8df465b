/**
 * Opens VS Code with Lodestone on a folder: the desktop's `code` where it is on PATH, else the VS Code server on
 * loopback with its address printed. Usage: node scripts/window.mjs DIR
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageVsix } from './package.mjs';
import { onPath, toolEnvironment } from './setup.mjs';
import { root } from './steps.mjs';
import { ensureServer, installExtension, startServer, windowUrl } from './vscodeServer.mjs';

/** What a first look needs: the folder's README in front, and no advertisements beside it. The person may change it. */
const FIRST_LOOK = {
  'workbench.startupEditor': 'readme',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'git.openRepositoryInParentFolders': 'never',
};

/** Resolves with an exit code when the desktop has taken over, or when the server was stopped with Ctrl+C. */
export async function openWindow(directory) {
  const folder = resolve(directory);
  const vsix = await packageVsix();
  const desktop = onPath(['code']);
  return desktop ? openDesktop(desktop, vsix, folder) : await openServer(vsix, folder);
}

function openDesktop(code, vsix, folder) {
  const installed = spawnSync(code, ['--install-extension', vsix, '--force'], { stdio: 'inherit' });
  if (installed.status !== 0) return installed.status ?? 1;
  return spawnSync(code, [folder], { stdio: 'inherit' }).status ?? 1;
}

async function openServer(vsix, folder) {
  await ensureServer();
  const home = join(root, '.vscode-test/window');
  const places = { data: join(home, 'data'), extensions: join(home, 'extensions') };
  for (const place of Object.values(places)) mkdirSync(place, { recursive: true });
  const settings = join(places.data, 'data/Machine/settings.json');
  if (!existsSync(settings)) {
    mkdirSync(dirname(settings), { recursive: true });
    writeFileSync(settings, `${JSON.stringify(FIRST_LOOK, null, 2)}\n`);
  }
  await installExtension(vsix, places);
  const server = await startServer({ ...places, env: toolEnvironment() });
  process.stdout.write(
    `\nVS Code with Lodestone is open on ${folder}. Open this address in a browser on this machine:\n\n  ${windowUrl(server, folder)}\n\n` +
      'From another machine, forward the port first. Stop it with Ctrl+C.\n',
  );
  const stop = () => void server.stop();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  await server.ended;
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2);
  if (!folder) {
    process.stderr.write('Usage: node scripts/window.mjs DIR\n');
    process.exitCode = 2;
  } else process.exitCode = await openWindow(folder);
}
