/** Small habits in rare words: mined in a repository full of louder ones, and shown on its page. */
import { strict as assert } from 'node:assert';
import { mineTexts } from './mineTexts.ts';

const FILES = 120;
const LOUD = 30;
/** Thirty words that begin differently: names that begin alike have few seats. */
const word = (at: number): string => `${'bdfgklmnprstvwz'[at % 15]}a${at < 15 ? 'mo' : 'ne'}`;

const loud = (file: number, at: number): string => `export function do${at}From${file}(input) {
  const ${word(at)} = ${word(at)}Load(input, { depth: ${file} });
  ${word(at)}.${word(at)}Mark('seen');
  return ${word(at)}.${word(at)}Close(input);
}
`;

/** Each of thirty habits in twenty-four files. */
const REPOSITORY = Object.fromEntries(
  Array.from({ length: FILES }, (_, file) => [
    `src/part${file % 9}/file${file}.ts`,
    Array.from({ length: 6 }, (_, at) => loud(file, (file + at * 5) % LOUD)).join('\n'),
  ]),
);

const HOSTS = Object.keys(REPOSITORY).filter((_, index) => index % 21 === 0);

const withSmall = (body: (index: number) => string): Record<string, string> => {
  const texts: Record<string, string> = { ...REPOSITORY };
  for (const [index, path] of HOSTS.entries())
    texts[path] += `\nexport async function work${index}(input) {\n${body(index)}}\n`;
  return texts;
};

const pageOf = async (texts: Record<string, string>) => (await mineTexts(texts)).attractors.filter(({ page }) => page);

describe('small habits', () => {
  it('in words of their own are on the page, however loud the others are', async () => {
    assert.equal(HOSTS.length, 6);
    const page = await pageOf(
      withSmall(
        (index) => `  const lease = takeZephyr(input);\n  lease.nameZephyr('${index}');\n  lease.freeZephyr();\n`,
      ),
    );
    assert.ok(
      page.some(({ apis, support }) => support === 6 && apis.some((api) => api.includes('Zephyr'))),
      page.map(({ name, support }) => `${support} ${name}`).join('\n'),
    );
  });

  it('are found where other statements stand between and around theirs', async () => {
    const page = await pageOf(
      withSmall(
        (index) =>
          `  note${index}(input);\n  for (const part of splitZephyr(input)) {\n    ${index % 2 ? 'count(part);\n    ' : ''}feedZephyr(part, ${index});\n  }\n`,
      ),
    );
    assert.ok(page.some(({ apis }) => apis.some((api) => api.includes('Zephyr'))));
  });

  it('of words that are used elsewhere too get no seat for being small', async () => {
    const texts = withSmall(() => '  const kept = bamoLoad(input);\n  return trace(kept.daneClose(input));\n');
    const page = await pageOf(texts);
    const small = page.filter(({ support }) => support <= 6);
    assert.deepEqual(
      small.map(({ name }) => name),
      [],
    );
  });
});
