/** Golden texts in one file: each under a heading of its own; UPDATE_GOLDEN=1 writes what was found. */
import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const HEADING = '#### ';

export class GoldenFile {
  private readonly expected: ReadonlyMap<string, string>;
  private readonly found = new Map<string, string>();
  private readonly updates = process.env['UPDATE_GOLDEN'] !== undefined;

  /** `opening`: lines at the file's top that say how to read it. */
  constructor(
    private readonly file: string,
    private readonly opening: string,
  ) {
    const [, ...parts] = existsSync(file) ? readFileSync(file, 'utf8').split(new RegExp(`^${HEADING}`, 'm')) : [''];
    this.expected = new Map(
      parts.map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1, -1)]),
    );
  }

  /** `text` ends with a line feed. */
  check(heading: string, text: string): void {
    this.found.set(heading, text);
    if (!this.updates) assert.equal(text, this.expected.get(heading), `${this.file}: ${heading}`);
  }

  /** After all checks: nothing stands in the file that nobody asked for. */
  close(): void {
    if (!this.updates) return assert.deepEqual([...this.expected.keys()], [...this.found.keys()], this.file);
    mkdirSync(dirname(this.file), { recursive: true });
    const sections = [...this.found].map(([heading, text]) => `${HEADING}${heading}\n${text}\n`);
    writeFileSync(this.file, `${this.opening}\n${sections.join('')}`);
  }
}
