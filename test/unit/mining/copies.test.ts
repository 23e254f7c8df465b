/** Copies are no evidence: a repository that holds itself twice, exactly or nearly, says what it says once. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../projectRoot.ts';
import { analyse, contextOf, mineTexts, newReducer, type Texts } from './mineTexts.ts';

const FOLDER = join(projectRoot, 'samples/workspace');
const ORIGINAL: Texts = Object.fromEntries(
  readdirSync(FOLDER, { recursive: true })
    .map(String)
    .filter((path) => /\.(?:ts|py|go)$/.test(path))
    .sort()
    .map((path) => [`app/${path}`, readFileSync(join(FOLDER, path), 'utf8')]),
);

const copied = (change: (text: string, path: string) => string): Texts => ({
  ...ORIGINAL,
  ...Object.fromEntries(
    Object.entries(ORIGINAL).map(([path, text]) => [path.replace('app/', 'copy/'), change(text, path)]),
  ),
});

const page = async (texts: Texts) =>
  (await mineTexts(texts)).attractors.map(({ id, name, support, files }) => ({ id, name, support, files }));

/** Four functions, of which a near copy shares three and a half. */
const service = (name: string, last: string): string => `
export async function load${name}(id: string) {
  const held = await openLedger(id);
  return held.readAll({ limit: 10, order: 'up', owner: id });
}
export async function save${name}(id: string, value: string) {
  const held = await openLedger(id);
  await held.writeAll({ value, owner: id, at: Date.now() });
}
export async function drop${name}(id: string) {
  const held = await openLedger(id);
  await held.removeAll({ owner: id, silent: true });
  await held.sealLedger();
}
export function ${last}(id: string) {
  return trace('${name}', id);
}
`;
const services = (folder: string, last: string): Texts =>
  Object.fromEntries(
    ['User', 'Order', 'Invoice', 'Basket'].map((name) => [`${folder}/${name}/service.ts`, service(name, last)]),
  );

describe('copies', () => {
  it('of everything change nothing of what is mined', async () => {
    const once = await page(ORIGINAL);
    assert.ok(once.length > 5);
    assert.deepEqual(await page(copied((text) => text)), once);
  });

  it('that differ a little are copies too', async () => {
    const once = await page(services('src', 'traced'));
    assert.ok(once.some(({ name }) => name.includes('openLedger')));
    assert.deepEqual(await page({ ...services('src', 'traced'), ...services('v2', 'tracedAgain') }), once);
  });

  it('speak for themselves once what they were copied from changes', async () => {
    const texts: Record<string, string> = { ...services('src', 'traced'), ...services('v2', 'tracedAgain') };
    const reducer = await newReducer();
    for (const [path, text] of Object.entries(texts)) reducer.set(path, await analyse(path, text));
    await reducer.report(contextOf(texts), {});
    const path = 'src/User/service.ts';
    texts[path] = 'export const nothing = 1;\n';
    reducer.set(path, await analyse(path, texts[path]));
    const updated = await reducer.update(contextOf(texts), {});
    const cold = await mineTexts(texts);
    const supports = new Map(cold.attractors.map(({ id, support }) => [id, support]));
    const common = (updated?.attractors ?? []).filter(({ id }) => supports.has(id));
    assert.ok(common.length > 0);
    for (const { id, support, name } of common) assert.equal(support, supports.get(id), name);
  });
});
