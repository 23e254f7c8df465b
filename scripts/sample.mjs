/** The bundled sample workspace, copied to a scratch place with a history of its own, so that the clone stays clean. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './steps.mjs';

const source = join(root, 'samples/workspace');

/** The files of the sample that are broken on purpose, with what is wrong, as data beside it. */
export function brokenFiles() {
  return JSON.parse(readFileSync(join(root, 'samples/broken.json'), 'utf8'));
}

function fingerprint() {
  const hash = createHash('sha256');
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true }).sort((a, b) =>
    join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1,
  ))
    if (entry.isFile()) hash.update(entry.name).update(readFileSync(join(entry.parentPath, entry.name)));
  return hash.digest('hex');
}

/** Commits in three steps by two people on fixed dates: recency and authorship have something to count. */
function giveHistory(folder) {
  const git = (args, person, day) => {
    const date = `2026-03-${day}T09:00:00Z`;
    const who = { NAME: person, EMAIL: `${person.toLowerCase()}@example.org` };
    const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1' };
    for (const role of ['AUTHOR', 'COMMITTER']) {
      for (const [key, value] of Object.entries(who)) env[`GIT_${role}_${key}`] = value;
      env[`GIT_${role}_DATE`] = date;
    }
    const safe = ['-c', 'core.hooksPath=/dev/null', '-c', 'commit.gpgSign=false', '-c', 'init.defaultBranch=main'];
    const { status, stderr } = spawnSync('git', [...safe, ...args], { cwd: folder, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  };
  git(['init', '-q'], 'Ada', '02');
  git(['add', 'service'], 'Ada', '02');
  git(['commit', '-q', '-m', 'Orders service'], 'Ada', '02');
  git(['add', 'pipeline'], 'Grace', '09');
  git(['commit', '-q', '-m', 'Reporting pipeline'], 'Grace', '09');
  git(['add', '.'], 'Ada', '16');
  git(['commit', '-q', '-m', 'Tools'], 'Ada', '16');
}

/**
 * Copies the sample to .vscode-test/<name> and returns that folder. A copy of the same sample is kept as the user
 * left it, unless `fresh`.
 */
export function prepareSample(name, { fresh = false } = {}) {
  const folder = join(root, '.vscode-test', name);
  const stamp = `${folder}.hash`;
  const hash = fingerprint();
  if (!fresh && existsSync(folder) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(source, folder, { recursive: true });
  giveHistory(folder);
  writeFileSync(stamp, hash);
  return folder;
}
