/** Suggestions while typing: what is served from the cache, from a request that runs, and what is ended. */
import { strict as assert } from 'node:assert';
import { cancelled } from '../../../../src/base/errors.ts';
import type { Cursor, Offer } from '../../../../src/core/completion/session/offer.ts';
import { type Ask, Suggestions } from '../../../../src/core/completion/session/suggestions.ts';
import { settled, TestClock } from './sessionClock.ts';

/** A server that answers when told to. */
class Server {
  readonly requests: {
    prefix: string;
    signal: AbortSignal;
    write(text: string): void;
    answer(text?: string): void;
    fail(error: Error): void;
  }[] = [];

  ask(prefix: string): Ask {
    return (signal, onPartial) =>
      new Promise<Offer>((resolve, reject) => {
        const id = `r${this.requests.length}`;
        signal.addEventListener('abort', () => reject(cancelled()));
        this.requests.push({
          ...{ prefix, signal, write: onPartial, fail: reject },
          answer: (text) => resolve({ id, texts: text === undefined ? [] : [{ text, replaces: 0, source: 'model' }] }),
        });
      });
  }

  get running(): number {
    return this.requests.filter(({ signal }) => !signal.aborted).length;
  }
}

describe('suggestions', () => {
  let clock: TestClock;
  let server: Server;
  let session: Suggestions;
  beforeEach(() => {
    clock = new TestClock();
    server = new Server();
    session = new Suggestions(clock);
  });

  const at = (prefix: string, suffix = '\n'): Cursor => ({ document: 'a.ts', prefix, suffix });
  /** Types a key as an editor would: the former question is cancelled, the cursor has moved, a new one comes. */
  let previous = new AbortController();
  const type = (prefix: string, options: { suffix?: string; manual?: boolean } = {}) => {
    previous.abort();
    previous = new AbortController();
    const cursor = at(prefix, options.suffix);
    session.moved(cursor);
    const { signal } = previous;
    return session.suggest(cursor, server.ask(prefix), { manual: options.manual ?? false, signal });
  };
  const request = (index: number) => {
    const found = server.requests[index];
    assert.ok(found, `request ${index} was made`);
    return found;
  };

  it('waits for a pause in typing, and not where a person asks', async () => {
    void type('const a');
    await settled();
    assert.equal(server.requests.length, 0);
    void type('const a =');
    await clock.advance(1_000);
    assert.deepEqual(
      server.requests.map(({ prefix }) => prefix),
      ['const a ='],
    );
    void type('let b', { manual: true });
    await settled();
    assert.equal(server.requests.length, 2);
    assert.ok(request(0).signal.aborted);
  });

  it('waits longer where answers take longer', async () => {
    for (const [prefix, ms] of [
      ['a', 50],
      ['b', 50],
      ['c', 50],
    ] as const) {
      const answer = type(prefix, { manual: true });
      await settled();
      await clock.advance(ms);
      server.requests.at(-1)?.answer('x');
      await answer;
    }
    void type('fast');
    await clock.advance(30);
    assert.equal(server.requests.at(-1)?.prefix, 'fast');
    for (const prefix of ['d', 'e', 'f', 'g', 'h']) {
      const answer = type(prefix, { manual: true });
      await settled();
      await clock.advance(1_000);
      server.requests.at(-1)?.answer('x');
      await answer;
    }
    void type('slow');
    await clock.advance(150);
    assert.notEqual(server.requests.at(-1)?.prefix, 'slow');
    await clock.advance(100);
    assert.equal(server.requests.at(-1)?.prefix, 'slow');
  });

  it('offers the rest of an answer while its beginning is typed, after a deletion too, and asks again behind another suffix', async () => {
    const first = type('return ', { manual: true });
    await settled();
    request(0).answer('total + tax;');
    assert.equal((await first)?.origin, 'asked');
    const typed = await type('return tot');
    assert.deepEqual(typed?.offer, { id: 'r0', texts: [{ text: 'al + tax;', replaces: 0, source: 'model' }] });
    assert.equal(typed?.origin, 'cache');
    assert.equal((await type('return '))?.offer.texts[0]?.text, 'total + tax;');
    void type('return tot', { suffix: ';\n' });
    await clock.advance(1_000);
    assert.equal(server.requests.length, 2);
  });

  it('keeps a request that writes what is typed, and offers the remainder', async () => {
    void type('f');
    await clock.advance(1_000);
    request(0).write('etchOrd');
    const second = type('fetch');
    await settled();
    assert.equal(server.requests.length, 1);
    request(0).write('etchOrders(');
    request(0).answer('etchOrders(id)');
    const suggested = await second;
    assert.equal(suggested?.origin, 'overtaken');
    assert.equal(suggested?.offer.texts[0]?.text, 'Orders(id)');
    assert.equal(request(0).signal.aborted, false);
  });

  it('ends a request at once that is contradicted, by what was typed or by what it writes then', async () => {
    void type('f');
    await clock.advance(1_000);
    request(0).write('etchOrders');
    void type('fi');
    assert.ok(request(0).signal.aborted, 'typed against it');
    await clock.advance(1_000);
    const third = type('fin');
    await settled();
    assert.equal(request(1).signal.aborted, false, 'nothing is written yet: it may fit');
    request(1).write('lter(');
    assert.ok(request(1).signal.aborted, 'wrote against what was typed');
    await settled();
    await clock.advance(1_000);
    request(2).answer('d(id)');
    assert.equal((await third)?.offer.texts[0]?.text, 'd(id)');
  });

  it('asks anew where an answer ended before what was typed', async () => {
    void type('a');
    await clock.advance(1_000);
    const second = type('abc');
    await settled();
    request(0).answer('b');
    await settled();
    await clock.advance(1_000);
    assert.equal(request(1).prefix, 'abc');
    request(1).answer('d');
    assert.equal((await second)?.offer.texts[0]?.text, 'd');
  });

  it('ends a request that nobody waits for any more after a short while', async () => {
    void type('a');
    await clock.advance(1_000);
    previous.abort();
    await settled();
    assert.equal(request(0).signal.aborted, false, 'the next key may ask for it');
    await clock.advance(1_000);
    assert.ok(request(0).signal.aborted);
    assert.equal(session.active, 0);
  });

  it('ends a request when the cursor goes elsewhere or the document closes', async () => {
    void type('a');
    await clock.advance(1_000);
    session.moved({ ...at('a'), document: 'b.ts' });
    assert.ok(request(0).signal.aborted);
    void type('b');
    await clock.advance(1_000);
    session.moved(undefined);
    assert.ok(request(1).signal.aborted);
  });

  it('never runs two requests at once, and none after fifty cancellations', async () => {
    let most = 0;
    for (let key = 0; key < 50; key++) {
      void type(`const value${key} = `, { manual: key % 3 === 0 });
      await clock.advance(key % 2 ? 5 : 300);
      most = Math.max(most, server.running);
    }
    previous.abort();
    await clock.advance(5_000);
    assert.ok(server.requests.length > 10);
    assert.equal(most, 1);
    assert.equal(server.running, 0);
    assert.equal(session.active, 0);
  });

  it('serves what was asked for ahead, also while it is still being written', async () => {
    session.prefetch(at('a();\n'), server.ask('a();\n'));
    request(0).answer('b();');
    await settled();
    const suggested = await type('a();\n');
    assert.equal(suggested?.origin, 'cache');
    assert.equal(suggested?.offer.texts[0]?.text, 'b();');
    session.prefetch(at('c();\n'), server.ask('c();\n'));
    const waiting = type('c();\n');
    await settled();
    request(1).answer('d();');
    assert.equal((await waiting)?.offer.texts[0]?.text, 'd();');
    assert.equal(server.requests.length, 2);
  });

  it('remembers that there was nothing, unless a person asks', async () => {
    const first = type('x', { manual: true });
    await settled();
    request(0).answer();
    assert.deepEqual((await first)?.offer.texts, []);
    assert.deepEqual((await type('x'))?.offer.texts, []);
    assert.equal(server.requests.length, 1);
    void type('x', { manual: true });
    await settled();
    assert.equal(server.requests.length, 2);
  });

  it('asks again for a person, who is given alternatives, and remembers these', async () => {
    const first = type('x');
    await clock.advance(1000);
    request(0).answer('one()');
    assert.equal((await first)?.offer.texts.length, 1);
    const second = type('x', { manual: true });
    await settled();
    const ask: Ask = async () => ({
      ...{ id: 'all', manual: true },
      texts: ['one()', 'two()'].map((text) => ({ text, replaces: 0, source: 'copy' })),
    });
    request(1).answer('one()');
    await second;
    const options = { manual: true, signal: new AbortController().signal };
    assert.equal((await session.suggest(at('y'), ask, options))?.offer.texts.length, 2);
    const never: Ask = () => assert.fail('asked again');
    assert.equal((await session.suggest(at('y'), never, options))?.offer.texts.length, 2);
  });

  it('passes a failure on, also one that looks like a cancellation', async () => {
    const first = type('x', { manual: true });
    await settled();
    request(0).fail(new Error('down'));
    await assert.rejects(first, /down/);
    const second = type('y', { manual: true });
    await settled();
    request(1).fail(cancelled());
    await assert.rejects(second);
    assert.equal(session.active, 0);
  });

  it('forgets its answers when it is told to', async () => {
    const first = type('x', { manual: true });
    await settled();
    request(0).answer('y');
    await first;
    session.forget();
    void type('x');
    await clock.advance(1_000);
    assert.equal(server.requests.length, 2);
  });

  it('takes closers that the editor put behind the cursor for its own', async () => {
    const first = type('const a = ', { manual: true, suffix: ';\n' });
    await settled();
    request(0).answer('find({ id })');
    await first;
    const typed = await type('const a = find(', { suffix: ');\n' });
    assert.deepEqual(typed?.offer.texts, [{ text: '{ id })', replaces: 1, source: 'model' }]);
    const deeper = await type('const a = find({', { suffix: '});\n' });
    assert.deepEqual(deeper?.offer.texts, [{ text: ' id })', replaces: 2, source: 'model' }]);
  });
});
