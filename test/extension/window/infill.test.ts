/** Infilling in a real window: actions, candidates to choose from, stubs one after the other, silence; nothing written unasked. */
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import type { Progress } from '../../../src/base/progress.ts';
import type { InfillReport, InfillRequest } from '../../../src/core/infill/infill.ts';
import { proposalsOf, silenceOf } from '../../../src/vscode/infill/infillWords.ts';
import { configure, useEndpoint } from '../completing.ts';
import { cleanUp, lodestone, mined, onDisk, root, until, write } from '../support.ts';

const BODY = 'let sum = 0;\n  for (const entry of entries) sum += entry;\n  return sum;\n';
const OPEN = "throw new Error('not implemented');\n";
/** One each test: what one of them wrote is nobody's nearest function elsewhere. */
const WORDS = ['Offer', 'Body', 'Dirty', 'Moved', 'Series', 'Ended', 'Live'] as const;
type Word = (typeof WORDS)[number];

function stubs(word: Word, open = OPEN): string {
  return `/** The sum of all entries. */
export function ledger${word}Sum(entries: readonly number[]): number {
  ${open}}

export function half${word}(value: number): number {
  return value / 2;
}

/** The same again. */
export function ledger${word}Total(entries: readonly number[]): number {
  ${open}}
`;
}

async function actionsAt(uri: vscode.Uri, range: vscode.Range, kind?: vscode.CodeActionKind) {
  const found = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    uri,
    range,
    kind?.value,
  );
  return found
    .filter(({ command }) => /^lodestone\.(?:regenerateFunction|fill)/.test(command?.command ?? ''))
    .map(({ title, command, kind: of }) => ({ title, command: command as vscode.Command, kind: of?.value }));
}

const at = (line: number) => new vscode.Range(line, 0, line, 0);
const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs);

async function infill(request: Omit<InfillRequest, 'trusted'>): Promise<InfillReport> {
  const { engine } = await lodestone();
  return engine.repository(root()).infill({ ...request, trusted: true }, {});
}

/** Three candidates of the engine's own for a line that a copy of a file of the sample lacks, whatever their confidence. */
async function candidatesHere(path: string) {
  const whole = onDisk('service/src/services/couponService.ts');
  const [line] = /\S.*this\.coupons\.findAll\(tx, page\).*$/m.exec(whole) ?? [];
  assert.ok(line, 'the sample has the line');
  const at = whole.indexOf(line);
  const text = whole.replace(line, '');
  write(path, text);
  const report = await infill({
    ...{ path, text, range: { start: at, end: at }, threshold: 0, candidates: 3, fallback: false },
  });
  return { report, text };
}

/** Answers of which somebody's decision is on record. */
async function decisionsNoted(): Promise<number> {
  const { engine } = await lodestone();
  const { presets, withoutDenoiser } = await engine.repository(root()).comparePresets({}, {});
  return presets.reduce((sum, { samples }) => sum + samples, withoutDenoiser);
}

describe('infilling', () => {
  before(async () => {
    await mined();
    for (const word of WORDS) write(`scratch/near/${word}.ts`, stubs(word, BODY));
    // Nobody answers there: the repository itself is all there is.
    await useEndpoint('http://127.0.0.1:9');
    const { engine, repositories } = await lodestone();
    for (const each of repositories.sessions) {
      engine.reopen(each.root);
      await engine.repository(each.root).mine({}, {});
    }
  });
  afterEach(async () => {
    await configure('infill.candidates', undefined);
    await cleanUp();
  });
  after(async () => {
    await useEndpoint(undefined);
    const { engine, repositories } = await lodestone();
    for (const each of repositories.sessions) engine.reopen(each.root);
  });

  it('offers a body for a stub and for all of them, a finished function anew, and the selection', async () => {
    const uri = write('scratch/infill/offer.ts', stubs('Offer'));
    await vscode.window.showTextDocument(uri);
    const [one, all] = await actionsAt(uri, at(1));
    assert.match(one?.title ?? '', /Suggest a Body for ledgerOfferSum/);
    assert.equal(one?.kind, vscode.CodeActionKind.QuickFix.value);
    assert.match(all?.title ?? '', /All 2 Stubs/);
    const [again, ...others] = await actionsAt(uri, at(6));
    assert.match(again?.title ?? '', /Regenerate halfOffer/);
    assert.equal(again?.kind, vscode.CodeActionKind.RefactorRewrite.value);
    assert.deepEqual(others, []);
    assert.deepEqual(await actionsAt(uri, at(8)), []);
    const [selection] = await actionsAt(uri, new vscode.Range(6, 2, 6, 17));
    assert.equal(selection?.command.command, 'lodestone.fillHere');
  });

  it('shows a body with its source and risk, and writes it only when it is accepted', async () => {
    const uri = write('scratch/infill/body.ts', stubs('Body'));
    const { reviews, healing } = await lodestone();
    await vscode.window.showTextDocument(uri);
    const [action] = await actionsAt(uri, at(2));
    assert.ok(action);
    await vscode.commands.executeCommand(action.command.command, ...(action.command.arguments ?? []));
    const review = reviews.current;
    assert.ok(review, 'a review is open');
    assert.equal(review.text('scratch/infill/body.ts'), stubs('Body').replace(OPEN, BODY));
    assert.equal(onDisk('scratch/infill/body.ts'), stubs('Body'));
    assert.match(review.proposal.from ?? '', /scratch\/near\/Body\.ts:2/);
    const types = healing.getChildren().map(({ type }) => type);
    for (const type of ['file', 'risk', 'evidence']) assert.ok(types.includes(type as never), `${type} in ${types}`);
    assert.ok(review.patch.risk.components.some(({ name, value }) => name === 'source' && value > 0));
    const before = await decisionsNoted();
    await vscode.commands.executeCommand('lodestone.acceptPatch');
    assert.equal(onDisk('scratch/infill/body.ts'), stubs('Body').replace(OPEN, BODY));
    await until('the decision is noted', async () => (await decisionsNoted()) === before + 1);
    await vscode.commands.executeCommand('lodestone.undoLastPatch');
    assert.equal(onDisk('scratch/infill/body.ts'), stubs('Body'));
  });

  it('is about the unsaved buffer, and leaves it unsaved', async () => {
    const uri = write('scratch/infill/dirty.ts', 'export {};\n');
    const { reviews } = await lodestone();
    const editor = await vscode.window.showTextDocument(uri);
    await editor.edit((edit) => edit.replace(new vscode.Range(0, 0, 1, 0), stubs('Dirty')));
    editor.selection = new vscode.Selection(2, 4, 2, 4);
    await vscode.commands.executeCommand('lodestone.regenerateFunction');
    assert.ok(reviews.current);
    await vscode.commands.executeCommand('lodestone.acceptPatch');
    assert.equal(editor.document.getText(), stubs('Dirty').replace(OPEN, BODY));
    assert.ok(editor.document.isDirty);
    assert.equal(onDisk('scratch/infill/dirty.ts'), 'export {};\n');
  });

  it('shows nothing for a document that changed meanwhile', async () => {
    const uri = write('scratch/infill/moved.ts', stubs('Moved'));
    const { reviews } = await lodestone();
    const editor = await vscode.window.showTextDocument(uri);
    const asked = vscode.commands.executeCommand('lodestone.regenerateFunction', uri, 3);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// newer\n'));
    await asked;
    assert.equal(reviews.current, undefined);
    assert.equal(editor.document.getText(), `// newer\n${stubs('Moved')}`);
  });

  it('lets a person choose among candidates, and keeps what was changed in each', async () => {
    const path = 'scratch/infill/coupons.ts';
    const { report, text } = await candidatesHere(path);
    const [first, ...rest] = proposalsOf(path, report.candidates, report);
    assert.ok(first && rest.length === 2, `three candidates, not ${1 + rest.length}`);
    const { reviews, healing } = await lodestone();
    const { decided } = await reviews.propose(root(), [first, ...rest]);
    const [one, two, three] = reviews.alternatives;
    assert.ok(one && two && three);
    assert.equal(new Set([one, two, three].map((each) => each.text(path))).size, 3);
    const [list] = healing.getChildren().filter(({ type }) => type === 'candidates');
    assert.ok(list, 'the tree lists the candidates');
    const rows = healing.getChildren(list).map((node) => healing.getTreeItem(node));
    assert.equal(rows.length, 3);
    for (const row of rows) assert.match(row.accessibilityInformation?.label ?? '', /^Candidate \d/);
    assert.match(String(rows[0]?.label), /copied from /);

    await vscode.commands.executeCommand('lodestone.nextCandidate');
    assert.equal(reviews.current, two);
    const shown = await until('the second one is in front', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputTextDiff && two.owns(input.modified) ? input : undefined;
    });
    assert.equal(tabs().filter(({ input }) => input instanceof vscode.TabInputTextDiff).length, 1);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(shown.modified, new vscode.Position(0, 0), '// mine\n');
    await vscode.workspace.applyEdit(edit);
    await vscode.commands.executeCommand('lodestone.nextCandidate');
    await vscode.commands.executeCommand('lodestone.nextCandidate');
    assert.equal(reviews.current, one, 'round and round');
    await vscode.commands.executeCommand('lodestone.previousCandidate');
    assert.equal(reviews.current, three);
    await vscode.commands.executeCommand('lodestone.showCandidate', 2);
    assert.ok(two.text(path).startsWith('// mine\n'));
    assert.equal(onDisk(path), text);

    const wanted = two.text(path);
    await vscode.commands.executeCommand('lodestone.acceptPatch');
    assert.equal(await decided, 'accepted');
    assert.equal(onDisk(path), wanted);
    assert.deepEqual(reviews.alternatives, []);
    assert.ok(!tabs().some(({ input }) => input instanceof vscode.TabInputTextDiff), 'no diff is left');
    await vscode.commands.executeCommand('lodestone.undoLastPatch');
    assert.equal(onDisk(path), text);
  });

  it('offers stubs one after the other, each decided on by itself', async () => {
    const path = 'scratch/infill/stubs.ts';
    const uri = write(path, stubs('Series'));
    const { reviews } = await lodestone();
    await vscode.window.showTextDocument(uri);
    const series = vscode.commands.executeCommand('lodestone.fillStubs');
    const first = await until('the first is offered', () => reviews.current);
    assert.match(first.patch.title, /ledgerSeriesSum$/);
    assert.equal(onDisk(path), stubs('Series'));
    await vscode.commands.executeCommand('lodestone.rejectPatch');
    const second = await until('the second is offered', () =>
      reviews.current !== first ? reviews.current : undefined,
    );
    assert.match(second.patch.title, /ledgerSeriesTotal$/);
    await vscode.commands.executeCommand('lodestone.acceptPatch');
    await series;
    assert.equal(reviews.current, undefined);
    const [head, tail] = stubs('Series').split('/** The same again. */') as [string, string];
    assert.equal(onDisk(path), `${head}/** The same again. */${tail.replace(OPEN, BODY)}`);
  });

  it('says why nothing is shown, and offers one way on', async () => {
    const uri = write('scratch/infill/silent.ts', 'const zzz = ;\n');
    const { reviews } = await lodestone();
    const editor = await vscode.window.showTextDocument(uri);
    editor.selection = new vscode.Selection(0, 12, 0, 12);
    await vscode.commands.executeCommand('lodestone.fillHere');
    assert.equal(reviews.current, undefined);
    assert.equal(editor.document.getText(), 'const zzz = ;\n');
    const range = { start: 12, end: 12 };
    const report = await infill({ path: 'scratch/infill/silent.ts', range, threshold: 1 });
    const place = { what: 'line 1', path: 'a.ts', hasModel: true };
    const told = silenceOf(place, report, report.notices);
    assert.ok(report.why.length > 10, report.why);
    assert.ok(told.text.includes(report.why));
    assert.ok(told.action);
    const nothing = { ...report, withheld: [], notices: [] };
    assert.equal(silenceOf(place, nothing, []).action?.command, 'lodestone.showLog');
    assert.equal(silenceOf({ ...place, hasModel: false }, nothing, []).action?.command, 'lodestone.chooseModel');
  });

  it('takes part in no promise that nobody checked: what was withheld is shown as such', async () => {
    const path = 'scratch/infill/coupons.ts';
    const { report } = await candidatesHere(path);
    const unchecked = report.candidates.map(({ validation, ...rest }) => rest);
    const proposals = proposalsOf(path, unchecked, report);
    assert.ok(proposals.length > 0);
    for (const { report: reviewed } of proposals) {
      assert.deepEqual(reviewed.files, []);
      assert.ok(reviewed.notes.some(({ message }) => /No tool/.test(message)));
    }
  });

  it('ends a series when another command takes its place', async () => {
    const { reviews } = await lodestone();
    await vscode.window.showTextDocument(write('scratch/infill/series.ts', stubs('Ended')));
    const series = vscode.commands.executeCommand('lodestone.fillStubs');
    const first = await until('the first is offered', () => reviews.current);
    const other = write('scratch/infill/other.ts', stubs('Ended'));
    await vscode.commands.executeCommand('lodestone.regenerateFunction', other, 2);
    await series;
    assert.notEqual(reviews.current, first);
    assert.equal(reviews.current?.patch.files[0]?.path, 'scratch/infill/other.ts');
    assert.equal(onDisk('scratch/infill/series.ts'), stubs('Ended'));
  });

  describe('shown while it is written', () => {
    const path = 'scratch/infill/live.ts';
    const STUBS = stubs('Live');
    const span = { start: STUBS.indexOf(OPEN), end: STUBS.indexOf(OPEN) + OPEN.length };
    const right = (uri: vscode.Uri) =>
      tabs().find(({ input }) => input instanceof vscode.TabInputTextDiff && `${input.modified}` === `${uri}`);

    async function begin() {
      const uri = write(path, STUBS);
      const { infiller } = await lodestone();
      let closed = 0;
      const target = { root: root(), path, uri };
      const live = infiller.live.begin(target, STUBS, () => closed++);
      return { live, closings: () => closed };
    }
    const step = (partial: string) => ({ step: 'Denoising', done: 0, partial, span });

    it('stands in the right side of a diff, at most ten times a second, and leaves nothing behind', async () => {
      const { live, closings } = await begin();
      let changes = 0;
      const watch = vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.toString() === live.uri.toString()) changes++;
      });
      live.show({ step: 'Looking', done: 0 });
      assert.equal(right(live.uri), undefined, 'nothing to show, nothing opens');
      live.show(step('▢▢▢\n'));
      await until('the diff is open', () => right(live.uri));
      const start = Date.now();
      for (let i = 0; i < 100; i++) {
        live.show(step(`return ${i}▢\n`));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      live.show(step('return 1;\n'));
      const shown = await until('the last text is shown', () =>
        vscode.workspace.textDocuments.find(
          (document) => document.uri.toString() === live.uri.toString() && document.getText().includes('return 1;'),
        ),
      );
      assert.equal(shown.getText(), STUBS.replace(OPEN, 'return 1;\n'));
      assert.equal(shown.languageId, 'typescript');
      assert.ok(changes > 3, `${changes} updates`);
      assert.ok(changes <= 2 + (Date.now() - start) / 100, `${changes} updates in ${Date.now() - start} ms`);
      watch.dispose();
      await live.end();
      assert.equal(right(live.uri), undefined);
      assert.equal(closings(), 0, 'its own end is no cancellation');
      assert.equal(onDisk(path), STUBS);
    });

    /** A hundred steps with guidance, so that there is something to see on a fast machine, too. */
    async function slowly(): Promise<void> {
      await configure('infill.preset', 'quality');
    }
    afterEach(() => configure('infill.preset', undefined));

    it('shows the denoiser at work, and nothing of it afterwards', async () => {
      await slowly();
      const { reviews } = await lodestone();
      const seen: string[] = [];
      const watch = vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.scheme === 'lodestone-denoising') seen.push(document.getText());
      });
      const opened = vscode.workspace.onDidOpenTextDocument((document) => {
        if (document.uri.scheme === 'lodestone-denoising') seen.push(document.getText());
      });
      const uri = write(path, STUBS);
      await vscode.window.showTextDocument(uri);
      await vscode.commands.executeCommand('lodestone.regenerateFunction', uri, 7);
      watch.dispose();
      opened.dispose();
      const { notes } = reviews.current?.report ?? {};
      if (notes)
        assert.ok(
          notes.some(({ message }) => /, quality, seed/.test(message)),
          'the setting reached the engine',
        );
      const [head] = STUBS.split('return value') as [string];
      assert.ok(seen.length > 0, 'it was shown');
      assert.ok(seen.some((text) => text !== STUBS));
      for (const text of seen)
        assert.ok(text.startsWith(head.trimEnd()) && text.includes('/** The same again. */'), text);
      assert.ok(!tabs().some(({ input }) => `${(input as { modified?: vscode.Uri }).modified}`.includes('denoising')));
      assert.equal(onDisk(path), STUBS);
      if (reviews.current) await reviews.reject();
    });

    it('is told by the engine with its place, masks and all', async () => {
      write(path, STUBS);
      const told: Progress[] = [];
      const { engine } = await lodestone();
      const target = { name: 'halfLive' };
      const onProgress = (progress: Progress) => told.push(progress);
      const { span: masked } = await engine.repository(root()).infill({ path, target, trusted: true }, { onProgress });
      const partials = told.filter(({ partial }) => partial !== undefined);
      assert.ok(partials.some(({ partial }) => partial?.includes('▢')));
      for (const { span: place } of partials) assert.deepEqual(place, masked);
    });

    it('is not shown where the setting says so', async () => {
      await configure('infill.showDenoising', false);
      let opened = 0;
      const watch = vscode.workspace.onDidOpenTextDocument(({ uri }) => {
        if (uri.scheme === 'lodestone-denoising') opened++;
      });
      try {
        await vscode.commands.executeCommand('lodestone.regenerateFunction', write(path, STUBS), 7);
        assert.equal(opened, 0);
      } finally {
        watch.dispose();
        await configure('infill.showDenoising', undefined);
      }
    });

    it('is cancelled by closing it while the denoiser works', async () => {
      await slowly();
      const { reviews, engine } = await lodestone();
      const uri = write(path, STUBS);
      const asked = vscode.commands.executeCommand('lodestone.regenerateFunction', uri, 7);
      const tab = await until('the diff is open', () =>
        tabs().find(({ input }) =>
          `${(input as { modified?: vscode.Uri }).modified}`.startsWith('lodestone-denoising'),
        ),
      );
      await vscode.window.tabGroups.close(tab);
      await asked;
      assert.equal(reviews.current, undefined);
      assert.equal(onDisk(path), STUBS);
      assert.ok(await engine.repository(root()).facts({ path }, {}), 'the engine is well');
    });

    it('tells by whom it was closed', async () => {
      const { live, closings } = await begin();
      live.show(step('▢▢▢\n'));
      const tab = await until('the diff is open', () => right(live.uri));
      await vscode.window.tabGroups.close(tab);
      await until('it is told', () => closings() === 1);
      await live.end();
    });
  });
});
