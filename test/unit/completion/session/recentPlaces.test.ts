/** Excerpts of what was edited and visited: which, in which order, and how long they stay the same. */
import { strict as assert } from 'node:assert';
import { RecentPlaces } from '../../../../src/core/completion/session/recentPlaces.ts';

/** Files of 200 lines that say what they are. */
const line = (path: string, at: number) => `${path} line ${at}`;
const read = (path: string, from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => line(path, from + i)).join('\n');

describe('recent places', () => {
  const paths = (places: RecentPlaces, file = 'here.ts') => places.around(file, read).map(({ path }) => path);

  it('gives edits before visits, the later before the earlier, and never the file itself', () => {
    const places = new RecentPlaces();
    places.note('a.ts', 10, 'visited');
    places.note('b.ts', 10, 'edited');
    places.note('c.ts', 10, 'edited');
    places.note('d.ts', 10, 'visited');
    places.note('here.ts', 10, 'edited');
    assert.deepEqual(paths(places), ['c.ts', 'b.ts', 'd.ts', 'a.ts']);
  });

  it('stays the same until it is chosen anew; then what was there keeps its place', () => {
    const places = new RecentPlaces();
    places.note('a.ts', 10, 'edited');
    places.note('b.ts', 10, 'edited');
    const before = places.around('here.ts', read);
    places.note('c.ts', 10, 'edited');
    places.note('a.ts', 90, 'edited');
    assert.equal(places.around('here.ts', read), before);
    const after = places.around('here.ts', read, { anew: true });
    assert.deepEqual(after.slice(0, 2), before);
    assert.deepEqual(
      after.slice(2).map(({ path }) => path),
      ['a.ts', 'c.ts'],
    );
  });

  it('shows the lines around a place, and one stretch of a file once', () => {
    const places = new RecentPlaces();
    places.note('a.ts', 100, 'edited');
    places.note('a.ts', 104, 'edited');
    places.note('a.ts', 112, 'visited');
    const excerpts = places.around('here.ts', read);
    assert.equal(excerpts.length, 1);
    assert.ok(excerpts[0]?.text.includes(line('a.ts', 100)));
    assert.ok((excerpts[0]?.text.split('\n').length ?? 99) <= 24);
  });

  it('is bounded', () => {
    const places = new RecentPlaces();
    for (let i = 0; i < 500; i++) places.note(`${i}.ts`, 5, 'edited');
    const excerpts = places.around('here.ts', read);
    assert.ok(excerpts.length <= 6);
    assert.equal(excerpts[0]?.path, '499.ts');
    assert.ok(excerpts.every(({ text }) => text.length <= 2_000));
  });

  it('drops lines that look secret, files that hold secrets, and what nobody has open', () => {
    const places = new RecentPlaces();
    places.note('.env', 0, 'edited');
    places.note('gone.ts', 0, 'edited');
    places.note('a.ts', 0, 'edited');
    const secret = 'const apiKey = "sk-abcdefghijklmnopqrstuvwxyz123456";';
    const excerpts = places.around('here.ts', (path) => (path === 'gone.ts' ? undefined : `before\n${secret}\nafter`));
    assert.deepEqual(excerpts, [{ path: 'a.ts', text: 'before\nafter' }]);
  });

  it('forgets a file that was deleted', () => {
    const places = new RecentPlaces();
    places.note('a.ts', 0, 'edited');
    places.forget('a.ts');
    assert.deepEqual(paths(places), []);
  });
});
