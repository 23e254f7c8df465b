/** The `lodestone-patch:` file system: a review's right sides as writable documents in memory. */
import * as vscode from 'vscode';

export const PATCH_SCHEME = 'lodestone-patch';

interface Entry {
  bytes: Uint8Array;
  mtime: number;
}

export class PatchFileSystem implements vscode.FileSystemProvider {
  private readonly entries = new Map<string, Entry>();
  private readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;
  /** Counts writes; editors compare it, so it must grow. */
  private version = 1;

  /** Uri of a file of a review; the path ends like the real one, so that its language is recognised. */
  static uri(review: string, path: string): vscode.Uri {
    return vscode.Uri.from({ scheme: PATCH_SCHEME, path: `/${review}/${path}` });
  }

  put(uri: vscode.Uri, text: string): void {
    this.store(uri, new TextEncoder().encode(text));
  }

  text(uri: vscode.Uri): string | undefined {
    const entry = this.entries.get(uri.path);
    return entry && new TextDecoder('utf-8', { ignoreBOM: true }).decode(entry.bytes);
  }

  /** Forgets a review's documents. */
  clear(review: string): void {
    for (const path of [...this.entries.keys()]) if (path.startsWith(`/${review}/`)) this.entries.delete(path);
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const entry = this.entries.get(uri.path);
    if (entry) return { type: vscode.FileType.File, ctime: 0, mtime: entry.mtime, size: entry.bytes.byteLength };
    if (this.isFolder(uri)) return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    throw vscode.FileSystemError.FileNotFound(uri);
  }

  readDirectory(uri: vscode.Uri): [string, vscode.FileType][] {
    const prefix = `${uri.path.replace(/\/$/, '')}/`;
    const names = new Map<string, vscode.FileType>();
    for (const path of this.entries.keys()) {
      if (!path.startsWith(prefix)) continue;
      const [name, ...rest] = path.slice(prefix.length).split('/');
      if (name) names.set(name, rest.length ? vscode.FileType.Directory : vscode.FileType.File);
    }
    return [...names];
  }

  readFile(uri: vscode.Uri): Uint8Array {
    const entry = this.entries.get(uri.path);
    if (!entry) throw vscode.FileSystemError.FileNotFound(uri);
    return entry.bytes;
  }

  writeFile(uri: vscode.Uri, content: Uint8Array): void {
    if (!this.entries.has(uri.path)) throw vscode.FileSystemError.NoPermissions(uri);
    this.store(uri, content);
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  private isFolder(uri: vscode.Uri): boolean {
    const prefix = `${uri.path.replace(/\/$/, '')}/`;
    return [...this.entries.keys()].some((path) => path.startsWith(prefix));
  }

  private store(uri: vscode.Uri, bytes: Uint8Array): void {
    this.entries.set(uri.path, { bytes, mtime: this.version++ });
    this.changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }
}
