/** Inline completion in the real editor, without a model: the repository answers. */
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { cleanUp, lodestone, mined, write } from '../support.ts';

const SERVICE = `import { Router } from 'express';
import { asyncHandler } from '../http/asyncHandler';
import { ProductService } from '../services/productService';

export const copyRoutes = Router();
const service = new ProductService();

copyRoutes.get(
  '/:id',
  asyncHandler(async (request, response) => {
    
  }),
);
`;

describe('inline completion', () => {
  before(mined);
  afterEach(cleanUp);

  it('answers from the repository where no model is', async () => {
    const { completion } = await lodestone();
    const uri = write('service/src/routes/copyRoutes.ts', SERVICE);
    const editor = await vscode.window.showTextDocument(uri);
    const at = new vscode.Position(10, 4);
    editor.selection = new vscode.Selection(at, at);
    const source = new vscode.CancellationTokenSource();
    const items = await completion.provider.provideInlineCompletionItems(
      editor.document,
      at,
      { triggerKind: vscode.InlineCompletionTriggerKind.Invoke, selectedCompletionInfo: undefined },
      source.token,
    );
    console.log(JSON.stringify(items), JSON.stringify(completion.provider.requests.records));
    assert.ok(items);
  });
});
