/** What a TypeScript service knows of the disk: asked once, then believed until the next look, which notices every change. */
import { type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type * as ts from 'typescript';

/** What changed this recently (milliseconds) may change again without a new time stamp, so it is not believed at the next look. */
const RACY_MS = 100;

type System = Pick<ts.System, 'fileExists' | 'readFile' | 'directoryExists' | 'getDirectories' | 'realpath'>;

interface Folder {
  mark: string;
  readonly answers: Map<string, { readonly ask: () => unknown; value: unknown }>;
}

interface Known {
  version: string;
  /** Read by the module resolution: a change may lead imports elsewhere. */
  isConfiguration: boolean;
  text?: string | undefined;
}

/** Serves one worker; between two looks all that it answers is of one piece. */
export class DiskView {
  /** Grows when a look finds that a file that was asked for has changed. */
  contents = 0;
  /** Grows when a look finds files that came or went, or a manifest that changed: imports may lead elsewhere. */
  shape = 0;
  /** How often the disk was looked at. */
  looks = 0;
  private readonly files = new Map<string, Known>();
  private readonly folders = new Map<string, Folder>();
  private marks = 0;

  constructor(private readonly sys: System) {}

  /** Looks at everything again that was asked for before. */
  look(): void {
    this.looks++;
    for (const [path, known] of this.files) {
      const version = this.mark(path);
      if (version === known.version) continue;
      known.version = version;
      known.text = undefined;
      this.contents++;
      if (known.isConfiguration) this.shape++;
    }
    for (const [path, folder] of this.folders) {
      const mark = this.mark(path);
      if (mark === folder.mark) continue;
      folder.mark = mark;
      for (const answer of folder.answers.values()) {
        const value = answer.ask();
        if (value !== answer.value) this.shape++;
        answer.value = value;
      }
    }
  }

  /** Different whenever the file's content may be. */
  version(path: string): string {
    return this.known(path).version;
  }

  /** Text of a manifest or another file that says where imports lead; undefined if it is not there. */
  configuration(path: string): string | undefined {
    const known = this.known(path);
    known.isConfiguration = true;
    if (known.version !== ABSENT) known.text ??= this.sys.readFile(path);
    return known.text;
  }

  fileExists(path: string): boolean {
    return this.answer(path, 'file', () => this.sys.fileExists(path));
  }

  directoryExists(path: string): boolean {
    return this.answer(path, 'folder', () => this.sys.directoryExists(path));
  }

  realpath(path: string): string {
    return this.answer(path, 'real', () => this.sys.realpath?.(path) ?? path);
  }

  /** Names of the folders in a folder. */
  directories(path: string): string[] {
    // Names hold no '/', and a string is compared by its content.
    const names = this.answer(`${path}/`, 'folders', () => this.sys.getDirectories(path).join('/'));
    return names ? names.split('/') : [];
  }

  /** A mark that no file and no text has had. */
  freshMark(): string {
    return `#${++this.marks}`;
  }

  private known(path: string): Known {
    let known = this.files.get(path);
    if (!known) {
      known = { version: this.mark(path), isConfiguration: false };
      this.files.set(path, known);
    }
    return known;
  }

  private answer<T extends string | boolean>(path: string, kind: string, ask: () => T): T {
    const at = path.endsWith('/') ? path.slice(0, -1) : dirname(path);
    let folder = this.folders.get(at);
    if (!folder) {
      folder = { mark: this.mark(at), answers: new Map() };
      this.folders.set(at, folder);
    }
    const key = `${kind}\0${path}`;
    let answer = folder.answers.get(key);
    if (!answer) {
      answer = { ask, value: ask() };
      folder.answers.set(key, answer);
    }
    return answer.value as T;
  }

  private mark(path: string): string {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat ? (changeMark(stat) ?? this.freshMark()) : ABSENT;
  }
}

const ABSENT = 'absent';

/** Tells one state of a file from every other; undefined where it changed so lately that another change could look the same. */
export function changeMark({ mtimeMs, ctimeMs, size, ino }: Stats): string | undefined {
  // Whoever sets a file's time back cannot set back when its record changed.
  const changed = Math.max(mtimeMs, ctimeMs);
  return Date.now() - changed < RACY_MS ? undefined : `${changed}:${size}:${ino}`;
}
