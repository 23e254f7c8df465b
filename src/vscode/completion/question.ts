/** Turns a cursor of the editor into a question to the engine, and the engine's report into an offer. */
import type * as vscode from 'vscode';
import type { CompletionReport } from '../../core/completion/completion.ts';
import type { Offer } from '../../core/completion/session/offer.ts';
import type { Ask } from '../../core/completion/session/suggestions.ts';
import type { Target } from '../border.ts';
import type { EngineHost } from '../engineHost.ts';
import { sentText } from './buffer.ts';
import type { RecentFiles } from './recentFiles.ts';

export interface Question {
  readonly target: Target;
  readonly document: vscode.TextDocument;
  readonly position: vscode.Position;
  readonly manual: boolean;
  /** The repository alone answers, whatever model is configured. */
  readonly withoutModel: boolean;
}

export function askEngine(
  engine: EngineHost,
  recent: RecentFiles,
  { target, document, position, manual, withoutModel }: Question,
  onReport: (report: CompletionReport) => void,
): Ask {
  return async (signal, onPartial) => {
    const { root, path } = target;
    const request = {
      ...{ path, ...sentText(document, position), hurried: true, related: recent.around(target) },
      ...(manual ? { manual } : {}),
      ...(withoutModel ? { model: null } : {}),
    };
    const report = await engine.repository(root).complete(request, {
      signal,
      onProgress: ({ partial }) => {
        if (partial !== undefined) onPartial(partial);
      },
    });
    onReport(report);
    return offerOf(report, manual);
  };
}

function offerOf({ id, completions }: CompletionReport, manual: boolean): Offer {
  return {
    id,
    ...(manual ? { manual } : {}),
    texts: completions.map(({ text, source, range }) => ({
      ...{ text, source },
      replaces: range.end.column - range.start.column,
    })),
  };
}
