/** `lodestone doctor [DIR]`: what is installed, what is missing, what to do. */
import type { DoctorEntry } from '../../core/engine.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { printDoctor } from '../printers/doctor.ts';
import { locateFolder, repositoryRootOf } from '../repositoryRoot.ts';
import { isTrusted, withRepository } from '../session.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'Show which tools Lodestone found, which are missing, and what to do.',
  usage: 'doctor [DIR] [--json]',
  arity: [0, 1],
  options: {},
  async run(invocation) {
    const root = repositoryRootOf(locateFolder(invocation.cwd, invocation.positionals[0] ?? '.'));
    const trusted = isTrusted(invocation, root);
    const found = await withRepository(invocation, root, trusted, (engine) => engine.doctor({}, invocation.call));
    const node: DoctorEntry = {
      tool: 'node',
      status: 'ok',
      version: process.versions.node,
      path: process.execPath,
      detail: `Runs Lodestone ${invocation.version}.`,
      advice: '',
    };
    const tools = found.some(({ tool }) => tool === 'node') ? found : [node, ...found];
    const lacking = tools.some(({ status }) => status === 'missing' || status === 'failed');
    return {
      exitCode: lacking ? EXIT.findings : EXIT.fine,
      value: { version: invocation.version, root, trusted, tools },
      text: printDoctor(root, trusted, tools),
    };
  },
};
