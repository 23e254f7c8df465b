/** `lodestone infill` where nobody is sure: several of the nearest bodies stand in for one, and a model, told what a hole may hold, for a hole. */
import { strict as assert } from 'node:assert';
import { holeGrammar } from '../../src/core/completion/holeGrammar.ts';
import { completionEvent, startFakeModelServer } from '../fakes/fakeModelServer.ts';
import { Scratch } from './lodestone.ts';

interface Infilled {
  readonly candidates: readonly {
    readonly text: string;
    readonly source: string;
    readonly confidence: number;
    readonly parses: boolean;
    readonly diff: string;
  }[];
  readonly withheld: readonly { readonly text: string }[];
  readonly fallback: 'model' | 'nearest' | null;
  readonly why: string;
}

const VIEWS = `from store import table, teams, users


def show_user(request, pk):
    user = users.get(pk)
    return render(request, user)


def list_users(request, page):
    found = users.page(page)
    check(request, found)
    return render(request, found)


def drop_user(request, pk):
    users.drop(pk)
    return go(request, 'users')


def merge_teams(request, pk):
    """Makes one team of two."""
    pass
`;

describe('cli infill of bodies', () => {
  let scratch: Scratch;
  before(() => {
    scratch = new Scratch();
    scratch.write({ 'views.py': VIEWS, 'store.py': 'table = {}\nteams = {}\nusers = {}\n' });
  });
  after(() => scratch.dispose());

  const infill = (most: string) =>
    scratch.json<Infilled>(['infill', 'views.py', '--target', 'merge_teams', '--no-model', '--candidates', most], {
      codes: [0, 1],
    });

  it('offers as many nearest bodies as are asked for, and withholds none of them besides', async () => {
    const { candidates, withheld, fallback, why } = await infill('3');
    assert.equal(fallback, 'nearest', why);
    assert.equal(candidates.length, 3);
    assert.equal(new Set(candidates.map(({ text }) => text)).size, 3);
    for (const { source, confidence, parses, text, diff } of candidates) {
      assert.equal(source, 'nearest');
      assert.ok(confidence < 0.5 && parses, `${confidence} ${text}`);
      assert.match(diff, /^-\s+pass$/m);
      assert.match(diff, /^ {5}"""Makes one team of two\."""$/m);
    }
    assert.ok(withheld.every(({ text }) => !candidates.some((each) => each.text === text)));
    assert.match(why, /below 50 % none is shown/);
    assert.equal((await infill('1')).candidates.length, 1);
    assert.equal(scratch.text('views.py'), VIEWS);
  });

  it('tells a server that takes a grammar what the model may write into a hole', async () => {
    const model = 'qwen2.5-coder:1.5b-base';
    const server = await startFakeModelServer((response, path) => {
      if (path.endsWith('/models'))
        response.end(JSON.stringify({ data: [{ id: model, meta: { n_ctx_train: 4096 } }] }));
      else response.end(`${completionEvent('zug')}data: [DONE]\n\n`);
    });
    try {
      scratch.write({ 'odd.py': 'def frobnicate(zug, quux):\n    return blorb()\n' });
      const asked = ['infill', 'odd.py', '--range', '2:18-2:18', '--threshold', '1'];
      const report = await scratch.json<Infilled>([...asked, '--model', model, '--endpoint', `${server.endpoint}/v1`], {
        codes: [0, 1],
      });
      assert.equal(report.fallback, 'model', report.why);
      assert.equal(report.candidates[0]?.text, 'zug');
      const sent = server.requests.filter(({ path }) => path.endsWith('/completions'));
      assert.ok(sent.length > 0);
      assert.equal((sent.at(-1)?.body as { grammar?: string }).grammar, holeGrammar('python', true));
    } finally {
      await server.stop();
    }
  });
});
