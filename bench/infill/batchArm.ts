/** The product as it is: `lodestone infill --batch` over the blanked repository, one process for all requests of a kind. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../test/projectRoot.ts';
import type { Answer, Arm } from './arms.ts';
import { written } from './onDisk.ts';
import type { BlankedRepository } from './spans.ts';

interface BatchAnswer {
  readonly id: string;
  readonly candidates?: readonly { readonly text: string; readonly confidence: number; readonly source: string }[];
  readonly error?: { readonly message: string };
}

/** `options`: further words of the command line; everything that is proposed comes back, however unsure. */
export function batchArm(name: string, repository: BlankedRepository, options: readonly string[]): Arm {
  const disk = written(repository);
  const answers = new Map<boolean, Promise<ReadonlyMap<string, Answer[]>>>();
  return {
    name,
    async answer(span, known) {
      const isKnown = known !== undefined;
      let all = answers.get(isKnown);
      if (!all) answers.set(isKnown, (all = run(disk.folder, disk.requests(repository.spans, isKnown), options)));
      return (await all).get(span.id) ?? [];
    },
    dispose: () => disk.dispose(),
  };
}

const COMMON = ['--no-fallback', '--no-model', '--candidates', '10', '--threshold', '0', '--json'];

async function run(folder: string, file: string, options: readonly string[]): Promise<ReadonlyMap<string, Answer[]>> {
  const node = join(projectRoot, 'node_modules/node/bin/node');
  const cli = join(process.env['LODESTONE_DIST'] ?? join(projectRoot, 'dist'), 'cli.js');
  const output = await new Promise<string>((done, fail) => {
    const args = [cli, 'infill', '--batch', file, ...COMMON, ...options];
    execFile(node, args, { cwd: folder, maxBuffer: 1 << 29 }, (error, stdout, stderr) => {
      // Single requests that failed end it with a code of its own; their lines say why.
      if (stdout === '') fail(new Error(`The batch answered nothing: ${stderr || error?.message}`));
      else done(stdout);
    });
  });
  const answers = new Map<string, Answer[]>();
  for (const line of output.split('\n').filter((each) => each !== '')) {
    const { id, candidates, error } = JSON.parse(line) as BatchAnswer;
    if (error) process.stderr.write(`  ${id}: ${error.message}\n`);
    answers.set(id, [...(candidates ?? [])]);
  }
  return answers;
}
