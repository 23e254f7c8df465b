/** The chat participant @lodestone: answers from the engine alone, and never asks a model, in the cloud or anywhere. */
import * as vscode from 'vscode';
import { toLodestoneError } from '../../base/errors.ts';
import type { Attractor } from '../../core/mining/attractor.ts';
import { cleanCode, cleanDiff } from '../../core/tools/clean.ts';
import { rankedAttractors } from '../../core/tools/findAttractors.ts';
import { fileUri, plain, plainCode, rangeOfSnippet, refusalMessage, signalOf, targetOf } from '../border.ts';
import type { EngineHost } from '../engineHost.ts';
import type { Repositories } from '../mining/repositories.ts';
import { placeAt, withText } from '../place.ts';
import { overlaysFor } from '../review/reviewController.ts';

/** What of a request and of an answer's stream is used: tests hand in their own. */
export type ChatRequest = Pick<vscode.ChatRequest, 'prompt' | 'command' | 'references'>;
export type ChatStream = Pick<vscode.ChatResponseStream, 'markdown' | 'reference' | 'button' | 'progress' | 'anchor'>;

interface Metadata {
  readonly command: string;
  readonly found: number;
}

const SHOWN = 5;
const EXAMPLES = 2;
const APIS = 8;
const MOST_DIFF = 8_000;

export class ChatHandler {
  constructor(
    private readonly engine: EngineHost,
    private readonly repositories: Repositories,
  ) {}

  register(icon: vscode.Uri): vscode.Disposable {
    const participant = vscode.chat.createChatParticipant('lodestone.chat', (request, _context, stream, token) =>
      this.answer(request, stream, token),
    );
    participant.iconPath = icon;
    participant.followupProvider = { provideFollowups: (result) => this.followups(result) };
    return participant;
  }

  /** What goes wrong is part of the answer. */
  async answer(request: ChatRequest, stream: ChatStream, token: vscode.CancellationToken): Promise<vscode.ChatResult> {
    const command = request.command ?? 'how';
    const { signal, dispose } = signalOf(token);
    try {
      const found =
        command === 'heal'
          ? await this.heal(request, stream, signal)
          : command === 'context'
            ? await this.context(stream, signal)
            : await this.how(request.prompt, stream, signal);
      return { metadata: { command, found } satisfies Metadata };
    } catch (error) {
      const { code, message, advice } = toLodestoneError(error);
      if (code === 'cancelled') return { metadata: { command, found: 0 } };
      return { errorDetails: { message: plain([message, advice].filter(Boolean).join(' ')) } };
    } finally {
      dispose();
    }
  }

  followups({ metadata }: vscode.ChatResult): vscode.ChatFollowup[] {
    const { command, found } = (metadata ?? {}) as Partial<Metadata>;
    const context = { prompt: '', command: 'context', label: vscode.l10n.t('What belongs at my cursor?') };
    const heal = { prompt: '', command: 'heal', label: vscode.l10n.t('Is there a patch for this file?') };
    const how = {
      prompt: vscode.l10n.t('handle errors'),
      command: 'how',
      label: vscode.l10n.t('How are errors handled here?'),
    };
    if (command === 'heal') return [context, how];
    if (command === 'context') return [how, heal];
    return found ? [context, heal] : [how, context];
  }

  private async how(prompt: string, stream: ChatStream, signal: AbortSignal): Promise<number> {
    stream.progress(vscode.l10n.t('Reading what was mined'));
    const [root] = this.roots();
    if (root === undefined) {
      stream.markdown(vscode.l10n.t('Open a folder first: Lodestone mines the folders of your workspace.'));
      return 0;
    }
    const engine = this.engine.repository(root);
    const report = (await engine.report({}, { signal })) ?? (await engine.mine({}, { signal }));
    const path = placeAt(vscode.window.activeTextEditor);
    const found = rankedAttractors(report, {
      query: prompt,
      ...(typeof path === 'string' ? {} : { path: path.request.path }),
    });
    if (found.length === 0)
      stream.markdown(
        vscode.l10n.t('Nothing that was mined here answers this. Try the name of an API, or other words for it.'),
      );
    for (const attractor of found.slice(0, SHOWN)) this.show(attractor, root, stream);
    if (found.length > SHOWN) stream.markdown(`\n\n${vscode.l10n.t('{0} more match.', found.length - SHOWN)}`);
    if (found.length > 0 && typeof path !== 'string') await this.context(stream, signal);
    return found.length;
  }

  private show(
    { name, summary, support, files, snippets, antipatterns, language }: Attractor,
    root: string,
    stream: ChatStream,
  ) {
    stream.markdown(heading(name));
    stream.markdown(said(`${plain(summary)} (${vscode.l10n.t('{0} places in {1} files', support, files)})`));
    for (const snippet of snippets.slice(0, EXAMPLES)) {
      const location = new vscode.Location(fileUri(root, snippet.path), rangeOfSnippet(snippet));
      stream.reference(location);
      stream.markdown('\n\n');
      stream.anchor(location, `${plain(snippet.path)}:${snippet.line}`);
      stream.markdown(fenced(cleanCode(snippet.text), language));
    }
    for (const { summary: instead } of antipatterns.slice(0, 2))
      stream.markdown(said(vscode.l10n.t('Not done here: {0}', plain(instead))));
  }

  /** The consider-block at the cursor of the active file. */
  private async context(stream: ChatStream, signal: AbortSignal): Promise<number> {
    const editor = vscode.window.activeTextEditor;
    const place = placeAt(editor);
    if (typeof place === 'string' || !editor) {
      stream.markdown(said(refusalMessage(typeof place === 'string' ? place : 'noEditor')));
      return 0;
    }
    const { root, request } = withText(place, editor.document);
    const { considerBlock, apis } = await this.engine.repository(root).context(request, { signal });
    stream.markdown(heading(vscode.l10n.t('At {0}, line {1}', request.path, request.line)));
    if (considerBlock === '' && apis.length === 0) {
      stream.markdown(said(vscode.l10n.t('Nothing that was mined concerns this place yet.')));
      return 0;
    }
    if (considerBlock !== '') stream.markdown(fenced(considerBlock, editor.document.languageId));
    for (const { path } of apis.slice(0, APIS)) if (path !== '') stream.reference(fileUri(root, path));
    return apis.length;
  }

  /** A patch for the active file, explained; the button opens the review, and only there it can be accepted. */
  private async heal(request: ChatRequest, stream: ChatStream, signal: AbortSignal): Promise<number> {
    const named = request.references.map(({ value }) => uriOf(value)).find((uri) => uri !== undefined);
    const document = named ? await vscode.workspace.openTextDocument(named) : vscode.window.activeTextEditor?.document;
    const target = targetOf(document);
    if (typeof target === 'string') {
      stream.markdown(said(refusalMessage(target)));
      return 0;
    }
    stream.progress(vscode.l10n.t('Asking the compilers and linters about {0}', plain(target.path)));
    const overlays = await overlaysFor(target.root, [target]);
    const healing = { files: [target.path], overlays, trusted: vscode.workspace.isTrusted };
    const { files, patch, notes } = await this.engine.repository(target.root).heal(healing, { signal });
    const [file] = files;
    stream.reference(target.uri);
    if (!patch || !file) {
      const why = file?.reason || notes[0]?.message;
      stream.markdown(
        said(
          file && file.before.length === 0 && !why
            ? vscode.l10n.t('{0} has no errors to heal.', plain(target.path))
            : vscode.l10n.t('No patch for {0}. {1}', plain(target.path), plain(why ?? '')),
        ),
      );
      return 0;
    }
    const { before, after } = file;
    stream.markdown(
      said(vscode.l10n.t('{0}: {1} errors before, {2} after.', plain(patch.title), before.length, after.length)),
    );
    stream.markdown(fenced(cleanDiff(file.diff, MOST_DIFF).diff, 'diff'));
    const risk = Math.round(patch.risk.score * 100);
    stream.markdown(said(vscode.l10n.t('Risk {0} %. Verified by: {1}.', risk, patch.validatedBy.join(', ') || '–')));
    for (const { value, weight, explanation } of patch.risk.components)
      if (value * weight > 0) stream.markdown(`\n- ${escaped(plain(explanation))}`);
    stream.button({
      command: 'lodestone.healFile',
      title: vscode.l10n.t('Review the Patch'),
      arguments: [target.uri],
    });
    return 1;
  }

  /** Folders with that of the active editor first. */
  private roots(): string[] {
    const active = vscode.window.activeTextEditor?.document.uri;
    const own = active && vscode.workspace.getWorkspaceFolder(active)?.uri.fsPath;
    const roots = this.repositories.sessions.map(({ root }) => root);
    return [...roots.filter((root) => root === own), ...roots.filter((root) => root !== own)];
  }
}

function uriOf(value: unknown): vscode.Uri | undefined {
  if (value instanceof vscode.Uri) return value;
  return value instanceof vscode.Location ? value.uri : undefined;
}

function heading(text: string): string {
  return `\n\n**${escaped(plain(text))}**`;
}

/** A sentence as a paragraph, without any markup of the repository's in it. */
function said(text: string): string {
  return `\n\n${escaped(text)}`;
}

/** Names in backticks stay code; everything else that Markdown or HTML would read is escaped. */
function escaped(text: string): string {
  return text.replace(/[\\*_{}[\]()#+!<>|~]/g, '\\$&');
}

function fenced(code: string, language: string): string {
  const longest = Math.max(2, ...(code.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `\n\n${fence}${language}\n${plainCode(code)}\n${fence}\n`;
}
