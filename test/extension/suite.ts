/** Runs a folder of bundled tests with mocha inside the extension host: what both launchers call. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import { projectRoot } from '../projectRoot.ts';

/** Rejects if a test failed; `folder` holds the bundled *.test.js. */
export async function runSuite(folder: string): Promise<void> {
  const reporter = process.env['LODESTONE_MOCHA_REPORT'] ? join(projectRoot, 'scripts/mochaReport.cjs') : 'spec';
  const grep = process.env['LODESTONE_GREP'];
  const mocha = new Mocha({ ui: 'bdd', timeout: 120_000, color: false, reporter, ...(grep ? { grep } : {}) });
  for (const name of readdirSync(folder).sort()) if (name.endsWith('.test.js')) mocha.addFile(join(folder, name));
  await new Promise<void>((resolve, reject) => {
    mocha.run((failures) => (failures ? reject(new Error(`${failures} tests failed.`)) : resolve()));
  });
}
