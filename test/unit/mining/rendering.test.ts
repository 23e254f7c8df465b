import { strict as assert } from 'node:assert';
import { familyOf } from '../../../src/core/languages.ts';

import { decodeMiningTrees } from '../../../src/core/mining/miningTrees.ts';
import { skeleton } from '../../../src/core/mining/skeleton.ts';
import { analyse, mineTexts, type Texts } from './mineTexts.ts';

/** Files of one language that share a habit and differ in the rest. */
function texts(extension: string, write: (index: number, word: string) => string, folder = 'app'): Texts {
  const words = ['account', 'basket', 'ledger', 'parcel', 'ticket', 'voucher', 'widget', 'zone'];
  return Object.fromEntries(
    words.map((word, index) => [`${folder}/${word}.${extension}`, write(index, word)] as const),
  );
}

async function page(files: Texts): Promise<{ name: string; summary: string }[]> {
  const { attractors } = await mineTexts(files);
  return attractors.filter(({ page }) => page).map(({ name, summary }) => ({ name, summary }));
}

function assertShown(shown: readonly { name: string; summary: string }[], name: RegExp, code: string): void {
  const listed = shown.map((entry) => `${entry.name} — ${entry.summary}`).join('\n');
  const found = shown.find((entry) => name.test(entry.name));
  assert.ok(found, `no ${name} in\n${listed}`);
  assert.ok(found.summary.includes(code), `${code} is not in: ${found.summary}`);
}

/** The tree of the first node labelled `root` in real code, written in its language. */
async function rendered(path: string, text: string, root: string, limit = 200): Promise<string> {
  const { trees, language } = await analyse(path, text);
  const { labels, label, size } = decodeMiningTrees(trees);
  const names = Array.from(label, (local) => labels[local] as string);
  const at = names.indexOf(root);
  assert.notEqual(at, -1, `no ${root} in ${names.join(', ')}`);
  const shown: string[] = [];
  const depths: number[] = [];
  const ends: number[] = [];
  for (let node = at; node < at + (size[at] as number); node++) {
    while (ends.length > 0 && (ends.at(-1) as number) <= node) ends.pop();
    shown.push(names[node] as string);
    depths.push(ends.length);
    ends.push(node + (size[node] as number));
  }
  return skeleton(shown, Uint8Array.from(depths), familyOf(language), new Map(), new Map(), limit);
}

describe('rendering of idioms', () => {
  it('sums a habit up by its name where nothing but the name is shared', async () => {
    const uses = [
      'const depth = openHarbour(WORD);',
      'if (openHarbour(1, WORD)) close(WORD);',
      'return openHarbour();',
      'for (const ship of openHarbour(WORD.ships)) sail(ship);',
      'const { tide } = openHarbour({ WORD });',
      'while (!openHarbour(WORD, true, 2)) wait();',
      'throw openHarbour(`WORD`);',
      'list.push(openHarbour([WORD]));',
    ];
    const body = (use: string, word: string) => use.replaceAll('WORD', word);
    const files = texts('ts', (index, word) =>
      [0, 1, 2]
        .map(
          (turn) =>
            `export function ${word}${turn}(${word}, list) {\n  ${body(uses[(index + turn * 3) % 8] as string, word)}\n}\n`,
        )
        .join(''),
    );
    const more = texts(
      'ts',
      (index, word) => files[`app/${word}.ts`]?.replaceAll(word, `${word}${index}`) ?? '',
      'lib',
    );
    const shown = await page({ ...files, ...more });
    assertShown(shown, /openHarbour/, '`openHarbour` in 48 places over 16 files');
  });

  it('writes Python as Python', async () => {
    const text = `from vault.web import Depends, WebError, router
from vault import messages, find_owner

@router.get("/tickets", name="tickets")
async def show_ticket(key: int, owner=Depends(find_owner)):
    with vault.transaction():
        ticket = await vault.lookup(key, fresh=True, kind=None)
    if not ticket.open:
        raise WebError(status_code=404, detail=messages.MISSING)
    rows = [row.name for row in ticket.rows]
    names.sort(key=lambda row: row.created())
    return {"ticket": ticket.id}
`;
    assert.equal(await rendered('app/a.py', text, 'throw'), 'raise WebError(status_code=…, detail=messages.MISSING)');
    assert.equal(
      await rendered('app/a.py', text, 'with'),
      'with ….transaction(…): … = await ….lookup(fresh=True, kind=None)',
    );
    assert.equal(await rendered('app/a.py', text, 'call .sort'), '….sort(key=lambda row: ….created(…))');
    assert.match(
      await rendered('app/a.py', text, 'async function', 160),
      /^@router\.get\("…", name="…"\) async def show_ticket\(key, owner=Depends\(find_owner\)\): /,
    );
  });

  it('writes Rust as Rust', async () => {
    const text = `use vault::Profile;
pub async fn load(db: &Pool) -> Result<Profile> {
    let row = vault::query!("select").fetch_one(db).await?;
    let names = row.names.iter().map(|name| name.trim()).collect();
    Ok(Profile { names, bio: row.bio })
}
`;
    assert.equal(await rendered('src/a.rs', text, 'declare'), 'let … = vault::query!(…).fetch_one(…).await?');
    assert.equal(await rendered('src/a.rs', text, 'new Profile'), 'Profile { names, bio: ….bio }');
    assert.equal(await rendered('src/a.rs', text, 'chain .map'), '….names.iter(…).map(|name| ….trim(…))');
    assert.match(
      await rendered('src/a.rs', text, 'async function'),
      /^async fn load\(.*\) -> Result<Profile> \{ let … = /,
    );
  });

  it('writes Go as Go', async () => {
    const text = `package app

import "example.org/vault"

func Show(c *vault.Context) {
	user := c.MustGet("user").(vault.User)
	if err := vault.Check(user); err != nil {
		c.Answer(vault.Refused, vault.H{"error": err.Error()})
		return
	}
	for _, row := range user.Rows {
		go vault.Send(&vault.Mail{To: row.Address})
	}
}
`;
    assert.equal(await rendered('app/a.go', text, 'declare'), '… := ….MustGet("…").(vault.User)');
    assert.equal(
      await rendered('app/a.go', text, 'if'),
      'if … := vault.Check(…); … != nil { ….Answer(vault.Refused, vault.H{"error": ….Error(…)}) }',
    );
    assert.equal(
      await rendered('app/a.go', text, 'for'),
      'for … := range ….Rows { go vault.Send(&vault.Mail{To: ….Address}) }',
    );
  });

  it('writes TypeScript and JSX as they are', async () => {
    const text = `import styled from 'styled-components';
import { Panel, GateError, parseQuery } from './vault';

const Box = styled(Panel)\`margin: 1px\`;

export async function load(request: Request) {
  const { filters, ...rest } = await parseQuery(request);
  if (!filters) throw new GateError('missing', { status: 404 });
  return rest.rows.map((row) => <Panel title="rows" busy={row.busy}>{format(row)}</Panel>);
}
`;
    assert.equal(await rendered('app/a.tsx', text, 'declare'), 'const Box = styled(Panel)`…`');
    assert.equal(await rendered('app/a.tsx', text, 'if'), 'if (!…) throw new GateError("…", { status: … })');
    assert.equal(await rendered('app/a.tsx', text, 'throw'), 'throw new GateError("…", { status: … })');
    assert.equal(await rendered('app/a.tsx', text, 'jsx Panel'), '<Panel title="…" busy={….busy}>{format(…)}</Panel>');
    assert.match(
      await rendered('app/a.tsx', text, 'async function', 300),
      /^async load\(request: Request\) \{ const \{ filters, .*\} = await parseQuery\(…\)/,
    );
  });

  it('keeps within its limit by leaving out what is deepest, brackets in pairs', async () => {
    const text =
      'build(first({ one: alpha(Beta.gamma(Delta.epsilon(Zeta.eta(Theta.iota)))) }), second(Kappa.lambda));\n';
    const short = await rendered('app/a.ts', text, 'call build', 60);
    assert.ok(short.length <= 60, short);
    for (const [open, close] of ['()', '{}'])
      assert.equal(short.split(open as string).length, short.split(close as string).length, short);
  });

  it('names with the receiver that all sites share', async () => {
    const shown = await page(
      texts(
        'go',
        (index, word) => `package app

import "example.org/vault"

func Show${word}(c *vault.Context) {
	step${index}(c)
	${index % 2 ? 'log' : 'note'}(${index})
	c.Answer(vault.Created, vault.H{"${word}": ${index}})
}
`,
      ),
    );
    assertShown(shown, /^Call `c\.Answer\(vault\.Created, vault\.H\{…\}\)`$/, 'c.Answer(vault.Created, vault.H{…})');
  });

  it('keeps arguments in their order, with holes for what the sites do not share', async () => {
    const shown = await page(
      texts(
        'go',
        (index, word) => `package app

import "example.org/ledger"

func Show${word}(request string, count int) {
	step${index}(request)
	ledger.Complain("no ${word}", ${index % 2 ? 'request' : 'ledger.Base'}, ledger.Entry("${word}", count))
	ledger.Answer(request, count, ledger.Fault("${word}"))
}
`,
      ),
    );
    assertShown(shown, /Complain/, 'ledger.Complain("…", …, ledger.Entry("…", …))');
    assert.match(shown.map(({ summary }) => summary).join('\n'), /ledger\.Answer\(…, …, ledger\.Fault\("…"\)\)/);
  });

  it('says what well-known APIs do, by what their names were imported from', async () => {
    const named = async (module: string) => {
      const shown = await page(
        texts(
          'py',
          (index, word) => `from ${module} import path
from shop import boutique_pages

urlpatterns = [path("${word}/", boutique_pages.${word}, name="${word}")]

def step_${word}(a):
    return a.step${index}(${index})
`,
          'shop/urls',
        ),
      );
      return shown.map(({ name }) => name).join('\n');
    };
    assert.match(await named('django.urls'), /^Declare URL routes with `path\(.*name="…"\)`$/m);
    assert.match(await named('shop.maps'), /^Call `path\(.*name="…"\)`$/m);
  });

  it('shows two calls of a receiver on the page and the others after it', async () => {
    const { attractors } = await mineTexts(
      texts(
        'ts',
        (index, word) => `import { ledger } from '../ledger';
import { vault } from '../vault';

export function enter${word}(book) {
  ledger.openAccount(book, { owner: ${index} });
}
export function leave${word}(book) {
  ledger.closeAccount(book, { reason: '${word}' });
}
export function audit${word}(book) {
  ledger.auditAccount(book, { by: '${word}' });
}
export function count${word}(book) {
  return vault.countCoins(book, { deep: true }) + ${index};
}
`,
      ),
    );
    const about = attractors.map(({ apis }) => apis.find((api) => /^(?:ledger|vault)\./.test(api))?.split('.')[0]);
    assert.ok(about.includes('vault'), about.join());
    assert.equal(about.filter((receiver) => receiver === 'ledger').length, 3);
    assert.ok(about.lastIndexOf('ledger') > about.indexOf('vault'));
  });

  it('says what is thrown, and never that something else is', async () => {
    const shown = await page(
      texts(
        'ts',
        (index, word) => `import { inLedger, LedgerError } from '../vault';
export async function take${word}(key: string) {
  return await inLedger(async (ledger) => {
    const ${word} = await ledger.lookup(key);
    if (!${word}) throw LedgerError.missing('${word}', key);
    return ${word}.total + ${index};
  });
}
`,
      ),
    );
    assertShown(shown, /^Throw `LedgerError.missing` inside/, 'if (!…) throw …');
    for (const { name } of shown) assert.doesNotMatch(name, /throw `inLedger`/i);
  });

  it('names a styled component as such', async () => {
    const shown = await page(
      texts(
        'tsx',
        (index, word) => `import styled from 'styled-components';
import { Panel } from '../vault';

const Box${word} = styled(Panel)\`
  margin: ${index}px;
\`;
export const use${word} = (box: number) => box + ${index};
`,
        'views',
      ),
    );
    assertShown(shown, /^Style a component with `styled`$/, 'styled(Panel)`…`');
  });

  it('never shows an empty callee, a cut word or the word of a grammar', async () => {
    const shown = await page({
      ...texts(
        'ts',
        (index, word) => `import { settings } from '../vault';
export const ${word} = settings.aVeryLongNameOfSection.anotherVeryLongNameOfSection(${index}, [settings.base], {
  [settings.key]: settings.compute(${index}),
});
(window as any).registry?.[${index}]?.(settings.base);
`,
      ),
    });
    for (const { name, summary } of shown) {
      if (name.startsWith('Import')) continue;
      assert.doesNotMatch(name, /`\(?\)?`/);
      assert.doesNotMatch(summary, /computed property name|_expression|\bassign-type\b/);
      for (const [, word = ''] of name.matchAll(/`([\w.]+)`/g))
        for (const part of word.split('.'))
          assert.match(
            'settings aVeryLongNameOfSection anotherVeryLongNameOfSection compute base key',
            new RegExp(`\\b${part}\\b`),
            name,
          );
    }
  });

  it('puts production code before tests', async () => {
    const { attractors } = await mineTexts({
      ...texts(
        'py',
        (index, word) => `from vault import open_ledger, LedgerEntry

def store_${word}(book):
    with open_ledger(book, mode="${word}") as ledger:
        ledger.append(LedgerEntry(amount=${index}, reason="${word}"))
`,
      ),
      ...texts(
        'py',
        (index, word) => `from vault import make_client

def test_${word}():
    client = make_client(role="${word}")
    answer = client.fetch("/${word}", page=${index})
    assert answer.status_code == 200
`,
        'tests',
      ),
    });
    const kinds = attractors
      .filter(({ page }) => page)
      .map(({ snippets }) => snippets.every(({ path }) => path.startsWith('tests/')));
    assert.ok(kinds.includes(true) && kinds.includes(false));
    assert.equal(kinds.indexOf(true), kinds.lastIndexOf(false) + 1);
  });
});
