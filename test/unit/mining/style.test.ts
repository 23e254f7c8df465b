import { strict as assert } from 'node:assert';
import { mineTexts } from './mineTexts.ts';

const files = (count: number, extension: string, text: (at: number) => string, folder = 'src') =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${folder}/part${at}.${extension}`, text(at)]));

async function namesOf(texts: Record<string, string>): Promise<string[]> {
  const { attractors } = await mineTexts(texts);
  return attractors.map(({ name }) => name);
}

function includesAll(names: readonly string[], wanted: readonly string[]): void {
  assert.deepEqual(
    wanted.filter((name) => !names.includes(name)),
    [],
    names.join('; '),
  );
}

const TYPESCRIPT = (at: number) => `import type { Harbour } from './harbour';
import { dock } from './zone';

export function moorShip${at}(ships: string[], harbour?: Harbour): string {
  const first = ships[0];
  let count = ${at};
  if (first === 'none') {
    count += 1;
  }
  const names = ships.map((ship) => ship.trim());
  const made = { first, names };
  dock(made);
  dock(
    first,
    names,
  );
  const all = [
    'north',
    'south',
  ];
  return \`\${all.join(' ')} \${harbour?.name}\`;
}
`;

describe('conventions of style', () => {
  it('say how TypeScript is written, among what is common', async () => {
    const { attractors } = await mineTexts(files(40, 'ts', TYPESCRIPT));
    const said = attractors.filter(({ kind }) => kind === 'style');
    includesAll(
      said.map(({ name }) => name),
      [
        'Write texts in single quotes',
        'End statements with a semicolon',
        'Indent with two spaces',
        'End lists of several lines with a comma',
        'End arguments of several lines with a comma',
        'Put spaces inside braces: `{ a }`',
        'Compare with `===`, not `==`',
        'Declare with `const` or `let`, not `var`',
        'Declare with `const` what is never assigned again',
        'Put braces around every branch of an `if`',
        'Write callbacks as arrow functions',
        'Put parentheses around a single parameter: `(x) => …`',
        'Write `{ name }`, not `{ name: name }`',
        'Export by name, not as default',
        'Write types without `any`',
        'Write array types as `T[]`',
        'Write the return types of functions',
      ],
    );
    assert.ok(said.every(({ common }) => common));
    assert.ok(said.every(({ snippets }) => snippets.length > 0));
    // Folded away: whatever is on the page, it is none of these.
    assert.equal(attractors.filter(({ kind, page }) => kind === 'style' && page).length, 0);
    const [equality] = said.filter(({ name }) => name.startsWith('Compare'));
    assert.match(equality?.summary ?? '', /^40 of 40 comparisons are strict, in 40 files\.$/);
    const names = attractors.map(({ name }) => name);
    includesAll(names, ['Name functions in `camelCase`', 'Import types with `import type`']);
  });

  it('say the contrary where the contrary is done', async () => {
    const names = await namesOf(
      files(
        40,
        'js',
        (at) =>
          `import {dock} from "./zone"\nimport {quay} from "./zone-two"\n\nexport default function moor_ship${at}(ships) {\n\tvar first = ships.map(ship => ship.name)\n\tif (first == "x") return quay({first: first})\n\treturn dock(\n\t\tfirst,\n\t\t"b"\n\t)\n}\n`,
      ),
    );
    includesAll(names, [
      'Write texts in double quotes',
      'Write no semicolons',
      'Indent with tabs',
      'End arguments of several lines without a comma',
      'Put no spaces inside braces: `{a}`',
      'Write a single parameter without parentheses: `x => …`',
      'Name functions in `snake_case`',
    ]);
    for (const name of names) assert.doesNotMatch(name, /===|not `var`|Export by name|every branch/);
  });

  it('show the one place that slips', async () => {
    const slip = { 'src/slip.ts': 'export function slip(a: string) {\n  return a == "x";\n}\n' };
    const { deviants } = await mineTexts({ ...files(60, 'ts', TYPESCRIPT), ...slip });
    const [found] = deviants.filter(({ rule }) => rule === 'values are compared with `===`');
    assert.deepEqual([found?.kept, found?.broken], [60, 1]);
    assert.deepEqual(found?.sites[0] && [found.sites[0].path, found.sites[0].line], ['src/slip.ts', 2]);
  });

  it('say nothing where a fifth does otherwise', async () => {
    const names = await namesOf(
      files(40, 'ts', (at) => (at % 5 ? TYPESCRIPT(at) : TYPESCRIPT(at).replaceAll("'", '"'))),
    );
    assert.ok(!names.includes('Write texts in single quotes'));
    assert.ok(names.includes('End statements with a semicolon'));
  });

  it('say how components are written', async () => {
    const names = await namesOf(
      files(
        40,
        'tsx',
        (at) =>
          `import { Card } from './Card';\n\ninterface Props {\n  title: string;\n}\n\nexport const Panel${at} = ({ title }: Props) => {\n  return <Card kind="plain" title={title} label='north' />;\n};\n`,
      ),
    );
    includesAll(names, ['Declare object shapes with `interface`', 'Write texts in single quotes']);
  });

  it('say how Python is written', async () => {
    const names = await namesOf(
      files(
        40,
        'py',
        (at) =>
          `import json\nimport logging\nfrom pathlib import Path\n\nimport requests\nfrom attrs import define\n\nlogger = logging.getLogger(__name__)\n\n\ndef moor_ship_${at}(name: str | None, ships: list[str]) -> str:\n    if name is None:\n        name = "none"\n    try:\n        logger.info("moored")\n        Path(name).write_text(f"{name} ${at}")\n    except OSError as error:\n        raise ValueError("no harbour") from error\n    return json.dumps(\n        name,\n        ships,\n    )\n`,
      ),
    );
    includesAll(names, [
      'Write texts in double quotes',
      'Indent with four spaces',
      'Format texts with f-strings, not `%`',
      'Write optional types as `X | None`',
      'Write `list[X]` and `dict[X, Y]`, not `List` and `Dict`',
      'Compare with `None` by `is`',
      'Name the exceptions that are caught',
      'Raise from what was caught: `raise … from …`',
      'End arguments of several lines with a comma',
      'Name functions in `snake_case`',
      'Order imports: library, packages, own modules',
      'Sort imports by module',
      'Import by absolute paths',
      'Import one name a line',
      'Log instead of printing',
      'Handle paths with `pathlib`, not `os.path`',
      'Write the return types of functions',
    ]);
  });

  it('say how Go is written', async () => {
    const names = await namesOf(
      files(
        40,
        'go',
        (at) =>
          `package harbour\n\nimport (\n\t"errors"\n\t"io"\n\n\t"github.com/sea/chart"\n)\n\n// MoorShip${at} moors a ship.\nfunc MoorShip${at}(ship any) error {\n\terr := chart.Draw(ship)\n\tif errors.Is(err, io.EOF) {\n\t\treturn nil\n\t}\n\treturn err\n}\n`,
      ),
    );
    includesAll(names, [
      'Write `any`, not `interface{}`',
      'End doc comments with a period',
      'Compare errors with `errors.Is` and `errors.As`',
      'Order imports: library, packages, own modules',
      'Sort imports by module',
      'Document exported functions',
    ]);
  });

  it('say how Rust is written, its tests left out', async () => {
    const names = await namesOf(
      files(
        40,
        'rs',
        (at) =>
          `use std::fs;\nuse std::io;\n\nuse anyhow::Result;\n\nuse crate::chart;\n\n/// Moors a ship.\npub fn moor_ship_${at}(name: &str) -> Result<Vec<&str>> {\n    let text = fs::read_to_string(name)?;\n    chart::draw(\n        &text,\n        io::stdout(),\n    )?;\n    Ok(vec![])\n}\n\n#[cfg(test)]\nmod tests {\n    fn moors_it() {\n        super::moor_ship_${at}("a").unwrap();\n        super::moor_ship_${at}("b").unwrap();\n    }\n}\n`,
      ),
    );
    includesAll(names, [
      'Hand failures on with `?`, not `unwrap`',
      'Indent with four spaces',
      'End arguments of several lines with a comma',
      'Name functions in `snake_case`',
      'Order imports: library, packages, own modules',
      'Document exported functions',
    ]);
  });

  it('find the width at which lines stop, and none where they stop nowhere', async () => {
    const line = (length: number) =>
      `  call(${Array.from({ length: 200 }, () => 'abcd')
        .join(', ')
        .slice(0, length - 9)});\n`;
    const upTo = (most: number) =>
      files(
        40,
        'ts',
        (at) =>
          `export function part${at}(call: () => void) {\n${[74, 82, 88, 93, 97, 99, 100].map((length) => line(Math.min(most, length))).join('')}}\n`,
      );
    includesAll(await namesOf(upTo(100)), ['Keep lines within 100 characters']);
    includesAll(await namesOf(upTo(80)), ['Keep lines within 80 characters']);
    const ragged = files(
      40,
      'ts',
      (at) =>
        `export function part${at}(call: () => void) {\n${[74, 84, 96, 110, 125, 150, 190].map(line).join('')}}\n`,
    );
    for (const name of await namesOf(ragged)) assert.doesNotMatch(name, /Keep lines/);
  });
});
