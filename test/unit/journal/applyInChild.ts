/** A process of its own that applies a patch and is killed at a given step: the crash half of the journal's tests. */
import { readFileSync } from 'node:fs';
import { buildPatch } from '../../../src/core/edits/buildPatch.ts';
import { sha256 } from '../../../src/node/journal/patchFiles.ts';
import { PatchJournal } from '../../../src/node/journal/patchJournal.ts';
import { UserDatabase } from '../../../src/node/store/userDatabase.ts';

const [root, database, killAt, ...names] = process.argv.slice(2) as [string, string, string, ...string[]];
const journal = new PatchJournal({
  root,
  store: new UserDatabase(database),
  now: () => new Date(0),
  onStep: (step) => {
    if (step === killAt) process.kill(process.pid, 'SIGKILL');
  },
});
const patch = buildPatch({
  title: 'Shout',
  files: names.map((path) => {
    const bytes = readFileSync(`${root}/${path}`);
    const before = bytes.toString('utf8');
    return { path, beforeHash: sha256(bytes), before, after: before.toUpperCase() };
  }),
  risk: { score: 0, components: [] },
  syntaxErrors: 0,
  validationErrors: 0,
  sources: [],
  validatedBy: [],
});
journal.apply(patch);
