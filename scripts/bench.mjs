/** `npm run bench [-- NAME [ARGS…]]`: lists the benchmarks of bench/, or bundles one and runs it under the project's Node. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ensureBuild, ensurePackages, installedNode, toolEnvironment } from './setup.mjs';
import { root, visibly } from './steps.mjs';

const folder = join(root, 'bench');
/** What exports something is a part of benchmarks, not one of them. */
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.ts') && !/^export /m.test(readFileSync(join(folder, name), 'utf8')))
  .map((name) => name.slice(0, -3))
  .sort();
const [name, ...args] = process.argv.slice(2);

if (name === undefined) {
  process.stdout.write('Benchmarks (npm run bench -- NAME); measured figures are in bench/RESULTS.md:\n');
  for (const each of names) {
    const purpose =
      /^\/\*\*\s*\n?\s*\*?\s*(.*?)\s*(\*\/)?$/m.exec(readFileSync(join(folder, `${each}.ts`), 'utf8'))?.[1] ?? '';
    process.stdout.write(`  ${each.padEnd(24)} ${purpose}\n`);
  }
} else if (!existsSync(join(folder, `${name}.ts`))) {
  process.stderr.write(`There is no benchmark "${name}". There are: ${names.join(', ')}.\n`);
  process.exitCode = 2;
} else {
  await ensurePackages();
  await ensureBuild();
  const { bundleTests } = await import('./mocha.mjs');
  const output = `bench-${process.pid}`;
  const [bundle] = await bundleTests([join(folder, `${name}.ts`)], output);
  try {
    process.stderr.write(`Running ${relative(root, bundle)}\n`);
    process.exitCode = await visibly(installedNode, ['--enable-source-maps', bundle, ...args], {
      env: toolEnvironment(),
    });
  } finally {
    rmSync(join(root, 'out', output), { recursive: true, force: true });
  }
}
