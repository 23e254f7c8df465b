/**
 * Compiles serializeTree.c into grammars/serializeTree.wasm and notes in serializeTree.json from what. Needed only when the C file or web-tree-sitter's version changes.
 * Usage: node src/node/treeSitter/native/build.mjs DIR, where DIR is the source of the `tree-sitter` crate in
 * web-tree-sitter's version (`cargo fetch` puts it below ~/.cargo/registry/src). Needs clang and wasm-ld.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../../../..');
const [crate] = process.argv.slice(2);
if (!crate) {
  console.error('Usage: node build.mjs DIR_OF_THE_TREE_SITTER_CRATE');
  process.exit(2);
}
const version = /^version = "([^"]+)"/m.exec(readFileSync(join(crate, 'Cargo.toml'), 'utf8'))?.[1];
const wanted = JSON.parse(readFileSync(join(root, 'node_modules/web-tree-sitter/package.json'), 'utf8')).version;
if (version !== wanted) {
  console.error(`The crate is version ${version}, web-tree-sitter is ${wanted}: their structs may differ.`);
  process.exit(1);
}

// The headers mention the C library, of which nothing is called: empty stand-ins do.
const stubs = mkdtempSync(join(tmpdir(), 'lodestone-stubs-'));
for (const name of ['stdio.h', 'stdlib.h', 'string.h', 'assert.h', 'inttypes.h']) writeFileSync(join(stubs, name), '');
writeFileSync(
  join(stubs, 'stdio.h'),
  '#include <stddef.h>\ntypedef struct FILE FILE;\nint fputc(int, FILE *);\nint fputs(const char *, FILE *);\n',
);
writeFileSync(
  join(stubs, 'stdlib.h'),
  '#include <stddef.h>\nvoid *malloc(size_t);\nvoid *calloc(size_t, size_t);\nvoid *realloc(void *, size_t);\nvoid free(void *);\n',
);
writeFileSync(
  join(stubs, 'string.h'),
  '#include <stddef.h>\nvoid *memcpy(void *, const void *, size_t);\nvoid *memmove(void *, const void *, size_t);\nvoid *memset(void *, int, size_t);\nint memcmp(const void *, const void *, size_t);\n',
);
writeFileSync(join(stubs, 'assert.h'), '#define assert(x) ((void)(x))\n');
mkdirSync(join(stubs, 'sys'), { recursive: true });

const output = join(root, 'grammars/serializeTree.wasm');
execFileSync(
  'clang',
  [
    '--target=wasm32',
    '-std=c11',
    '-O3',
    '-ffreestanding',
    '-nostdlib',
    `-I${stubs}`,
    `-I${join(crate, 'src')}`,
    `-I${join(crate, 'include')}`,
    '-Wall',
    '-Wno-unused-function',
    '-Wl,--no-entry',
    '-Wl,--import-memory',
    '-Wl,--stack-first',
    '-Wl,-z,stack-size=0',
    '-Wl,--strip-all',
    ...['serialize_tree', 'node_count', 'frame_size'].map((name) => `-Wl,--export=${name}`),
    '-o',
    output,
    join(here, 'serializeTree.c'),
  ],
  { stdio: 'inherit' },
);
rmSync(stubs, { recursive: true });

// The module runs inside another's memory: it must own no data there. (It has no stack of its own either: nothing in
// serializeTree.c has its address taken, and --stack-first with no stack would fault at once if that changed.)
const bytes = readFileSync(output);
const sections = [];
for (let at = 8; at < bytes.length; ) {
  const id = bytes[at++];
  let size = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    size |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  sections.push(id);
  at += size;
}
if (sections.includes(11)) {
  console.error('The module has a data section and would overwrite memory that is not its own.');
  process.exit(1);
}
const sha256 = (data) => createHash('sha256').update(data).digest('hex');
const stamp = {
  source: sha256(readFileSync(join(here, 'serializeTree.c'))),
  module: sha256(bytes),
  webTreeSitter: wanted,
};
writeFileSync(join(here, 'serializeTree.json'), `${JSON.stringify(stamp, null, 2)}\n`);
console.log(`${output}: ${bytes.length} bytes, sections ${sections.join(', ')}`);
