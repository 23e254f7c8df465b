/** The entry VS Code calls in the extension host for this window's tests. */
import { runSuite } from '../suite.ts';

export async function run(): Promise<void> {
  await runSuite(__dirname);
}
