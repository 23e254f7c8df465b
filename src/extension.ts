/** The editor's host: composes the features around the engine's client and activates them. Nothing heavy runs here. */
import * as vscode from 'vscode';
import { EngineClient } from './node/engineClient.ts';
import { commandHandlers } from './vscode/actions.ts';
import { Agents } from './vscode/agents/agents.ts';
import { registerCommands } from './vscode/commands.ts';
import { ApiKeys } from './vscode/completion/apiKeys.ts';
import { CompletionFeature } from './vscode/completion/completionFeature.ts';
import { keepContexts } from './vscode/contexts.ts';
import { openOptions } from './vscode/engineOptions.ts';
import { Writer, WriterActions } from './vscode/generation.ts';
import { GivenDocument } from './vscode/given/givenDocument.ts';
import { GivenHere } from './vscode/given/givenHere.ts';
import { GivenView } from './vscode/given/givenView.ts';
import { HealActions, Healer } from './vscode/healing.ts';
import { InfillActions } from './vscode/infill/infillActions.ts';
import { Infiller } from './vscode/infill/infiller.ts';
import { EditorLog } from './vscode/log.ts';
import { Messages } from './vscode/messages.ts';
import { Repositories } from './vscode/mining/repositories.ts';
import { ReviewController } from './vscode/review/reviewController.ts';
import { AttractorsView } from './vscode/sidebar/attractorsView.ts';
import { HealingView } from './vscode/sidebar/healingView.ts';
import { StatusView } from './vscode/sidebar/statusView.ts';
import { StatusBar } from './vscode/statusBar.ts';

/** What tests of the extension reach; not an interface for other extensions. */
export interface LodestoneExports {
  readonly engine: EngineClient;
  readonly repositories: Repositories;
  readonly reviews: ReviewController;
  readonly attractors: AttractorsView;
  readonly given: GivenHere;
  readonly givenView: GivenView;
  readonly healing: HealingView;
  readonly status: StatusView;
  readonly statusBar: StatusBar;
  readonly completion: CompletionFeature;
  readonly agents: Agents;
  readonly infiller: Infiller;
}

export function activate(context: vscode.ExtensionContext): LodestoneExports {
  const log = new EditorLog();
  const messages = new Messages(log);
  const apiKeys = new ApiKeys(context.secrets);
  const engine = new EngineClient({
    entry: vscode.Uri.joinPath(context.extensionUri, 'dist', 'engineProcess.js').fsPath,
    openRequest: async (root) => openOptions(root, await apiKeys.get()),
    onLog: ({ level, message }) => log.write(level, message),
  });
  const repositories = new Repositories(engine, context.extensionUri, messages, log);
  const reviews = new ReviewController(engine, context.workspaceState, messages, log);
  const healer = new Healer(engine, reviews, messages, log);
  const writer = new Writer(engine, reviews, messages, log);
  const infiller = new Infiller(engine, reviews, messages, log);
  const agents = new Agents(engine, repositories, context);
  const attractors = new AttractorsView(repositories);
  const given = new GivenHere(engine, repositories);
  const givenView = new GivenView(given, repositories);
  const givenDocument = new GivenDocument(given);
  const healing = new HealingView(reviews);
  const completion = new CompletionFeature({
    ...{ engine, repositories, messages, log, apiKeys },
    state: context.globalState,
  });
  const status = new StatusView(engine, repositories, completion.models);
  const statusBar = new StatusBar(engine, repositories, reviews, completion);
  context.subscriptions.push(
    log,
    repositories,
    reviews,
    attractors,
    given,
    givenView,
    givenDocument,
    healing,
    status,
    statusBar,
    completion,
    // The process also ends by itself when this host does, so that nobody need wait for it.
    { dispose: () => void engine.dispose() },
    keepContexts(engine, repositories),
    HealActions.register(),
    WriterActions.register(engine),
    infiller,
    InfillActions.register(engine),
    agents,
    registerCommands(
      commandHandlers({
        engine,
        repositories,
        reviews,
        healer,
        writer,
        infiller,
        attractors,
        given,
        givenDocument,
        status,
        completion,
        messages,
        log,
        extensionId: context.extension.id,
      }),
      messages,
    ),
  );
  // The window comes first: the engine is forked after activation has returned.
  const start = setTimeout(() => {
    repositories.startMining();
    reviews.closeLeftovers().catch((error) => messages.failure(error));
  }, 0);
  context.subscriptions.push({ dispose: () => clearTimeout(start) });
  return {
    engine,
    repositories,
    reviews,
    attractors,
    given,
    givenView,
    healing,
    status,
    statusBar,
    completion,
    agents,
    infiller,
  };
}
