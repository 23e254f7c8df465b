/** Loads web-tree-sitter and the grammars once per thread, keeping the doors into its linear memory. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// `require` picks the package's CommonJS build: its ESM build needs import.meta, which our bundles do not have.
import treeSitter = require('web-tree-sitter');

import { LodestoneError } from '../../base/errors.ts';
import type { LanguageEntry, LanguageId } from '../../core/languages.ts';
import type { Grammar } from '../../core/syntax/flatTree.ts';

/** Where the runtime's files lie: in the product both beside the bundle in dist/. */
export interface TreeSitterAssets {
  /** Path of web-tree-sitter.wasm. */
  readonly runtimeWasm: string;
  /** Folder with languages.json, the grammars and their query folders. */
  readonly grammars: string;
}

/** The assets as esbuild.mjs lays them out below a folder. */
export function assetsBelow(dist: string): TreeSitterAssets {
  return { runtimeWasm: join(dist, 'web-tree-sitter.wasm'), grammars: join(dist, 'grammars') };
}

/** Exports and memory of the instantiated web-tree-sitter module, for code that reads trees straight from memory. */
export interface RuntimeInstance {
  readonly exports: WebAssembly.Exports;
  readonly memory: WebAssembly.Memory;
}

export interface LoadedLanguage {
  readonly entry: LanguageEntry;
  readonly grammar: Grammar;
  readonly language: treeSitter.Language;
}

/** Number that tree-sitter gives to ERROR nodes; flat trees map it to the last entry of `Grammar.kindNames`. */
export const ERROR_SYMBOL = 0xffff;

/**
 * web-tree-sitter keeps one module per thread. Its doors are remembered on its own class, so that several bundles of this
 * file in one thread (test bundles share the package) find the module that one of them opened.
 */
const DOORS = Symbol.for('lodestone.treeSitterDoors');
const shared = treeSitter.Parser as unknown as { [DOORS]?: Promise<RuntimeInstance> };

function instantiate(runtimeWasm: string): Promise<RuntimeInstance> {
  return (async () => {
    const bytes = readFileSync(runtimeWasm);
    let opened: RuntimeInstance | undefined;
    let failed: ((reason: unknown) => void) | undefined;
    const failure = new Promise<never>((_resolve, reject) => {
      failed = reject;
    });
    const options = {
      instantiateWasm(
        imports: WebAssembly.Imports,
        done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
      ) {
        WebAssembly.instantiate(bytes, imports).then((result) => {
          const memory = imports.env?.memory as WebAssembly.Memory;
          opened = { exports: result.instance.exports, memory };
          done(result.instance, result.module);
        }, failed);
        return {};
      },
    };
    await Promise.race([treeSitter.Parser.init(options as Parameters<typeof treeSitter.Parser.init>[0]), failure]);
    if (!opened) throw new LodestoneError('internal', 'web-tree-sitter was initialised elsewhere in this thread.');
    return opened;
  })();
}

/** The languages of languages.json, loaded on first use. */
export class TreeSitterRuntime {
  readonly entries: readonly LanguageEntry[];
  private readonly loading = new Map<LanguageId, Promise<LoadedLanguage>>();

  constructor(private readonly assets: TreeSitterAssets) {
    this.entries = JSON.parse(readFileSync(join(assets.grammars, 'languages.json'), 'utf8')) as LanguageEntry[];
  }

  get grammarsFolder(): string {
    return this.assets.grammars;
  }

  instance(): Promise<RuntimeInstance> {
    shared[DOORS] ??= instantiate(this.assets.runtimeWasm);
    return shared[DOORS];
  }

  /** Loads a grammar once. Throws LodestoneError unsupportedLanguage. */
  language(id: LanguageId): Promise<LoadedLanguage> {
    let loading = this.loading.get(id);
    if (!loading) {
      loading = this.load(id);
      this.loading.set(id, loading);
    }
    return loading;
  }

  private async load(id: LanguageId): Promise<LoadedLanguage> {
    const entry = this.entries.find((candidate) => candidate.id === id);
    if (!entry) throw new LodestoneError('unsupportedLanguage', `No grammar for ${id}.`);
    await this.instance();
    const language = await this.loadGrammar(entry);
    // Hidden symbols leave holes in `types`; a flat tree never names them.
    const kindNames = [...Array.from(language.types, (name) => name ?? ''), 'ERROR'];
    return { entry, language, grammar: { language: id, kindNames, fieldNames: language.fields } };
  }

  private async loadGrammar(entry: LanguageEntry): Promise<treeSitter.Language> {
    try {
      return await treeSitter.Language.load(readFileSync(join(this.assets.grammars, entry.grammar)));
    } catch (cause) {
      throw new LodestoneError('badData', `The grammar ${entry.grammar} cannot be loaded.`, {
        advice: 'Install or build Lodestone again.',
        cause,
      });
    }
  }
}
