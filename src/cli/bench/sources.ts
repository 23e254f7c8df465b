/** The sources and manifests of a repository, as mining would list them. */
import type { LanguageEntry } from '../../core/languages.ts';
import { NodeDataFiles } from '../../node/dataFiles.ts';
import { RepositoryFiles } from '../../node/files/repositoryFiles.ts';
import { parseWalkRules } from '../../node/files/walkRules.ts';
import { MAX_SIZE } from '../../node/git/commitReplay.ts';
import type { Invocation } from '../command.ts';

export async function readSources(
  folder: string,
  { assetsDir, call }: Invocation,
  languages: readonly LanguageEntry[],
): Promise<{ path: string; text: string }[]> {
  const files = new RepositoryFiles({
    root: folder,
    extensions: languages.flatMap(({ extensions }) => [...extensions]),
    maxFileBytes: MAX_SIZE,
    rules: parseWalkRules(await new NodeDataFiles(assetsDir).read('files/walk.json')),
  });
  const listed = await files.list({ signal: call.signal });
  const sources: { path: string; text: string }[] = [];
  for (const { path } of listed.files) {
    const { text, lossy } = await files.read(path);
    if (!lossy) sources.push({ path, text });
  }
  return sources;
}
