import { strict as assert } from 'node:assert';
import { mineTexts } from './mineTexts.ts';

const files = (count: number, path: (at: number) => string, text: (at: number) => string) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [path(at), text(at)]));

describe('conventions', () => {
  it('make no habit of a folder above, which is another one from every file', async () => {
    const { attractors } = await mineTexts(
      files(
        12,
        (at) => `examples/part${at}/index.js`,
        (at) => `const own = require('../../');\nconst shelf = require('../shelf');\nown.part${at}(shelf);\n`,
      ),
    );
    const names = attractors.map(({ name }) => name);
    assert.ok(names.includes('Import `shelf`'), names.join('; '));
    assert.deepEqual(
      names.filter((name) => name.includes('``')),
      [],
    );
  });

  it('name two different examples', async () => {
    const { attractors } = await mineTexts(
      files(
        16,
        (at) => (at < 4 ? `src/area${at}/index.harbour.ts` : `src/area${at}/dock${at}${at < 8 ? '.harbour' : ''}.ts`),
        (at) => `export const part${at} = ${at};\n`,
      ),
    );
    const [named] = attractors.filter(({ name }) => name.includes('harbour'));
    assert.match(named?.summary ?? '', /such as `index\.harbour\.ts` and `dock4\.harbour\.ts`/);
  });

  it('take no variable that is thrown on for an error type', async () => {
    const { attractors } = await mineTexts(
      files(
        8,
        (at) => `src/part${at}.js`,
        (at) =>
          `function part${at}(run) {\n  try {\n    run(${at});\n  } catch (problem) {\n    run.log${at}(problem);\n    throw problem;\n  }\n}\n` +
          `function check${at}(n) {\n  if (n > ${at}) throw new HarbourError('full');\n}\n`,
      ),
    );
    const thrown = attractors.flatMap(({ name }) => /^Throw `(\w+)`/.exec(name)?.[1] ?? []);
    assert.deepEqual(thrown, ['HarbourError']);
  });
});
