/** The readable log: an output channel whose lines can carry no control characters. */
import * as vscode from 'vscode';
import { neutralise } from '../base/neutralise.ts';

const RANK = { debug: 0, info: 1, warn: 2, error: 3 } as const;

export type LogLevel = keyof typeof RANK;

export class EditorLog implements vscode.Disposable {
  private readonly channel = vscode.window.createOutputChannel('Lodestone', { log: true });

  /** Writes one line if the setting's level lets it pass; the channel's own level applies on top. */
  write(level: LogLevel, message: string): void {
    if (RANK[level] < RANK[this.level]) return;
    this.channel[level](neutralise(message));
  }

  debug(message: string): void {
    this.write('debug', message);
  }

  info(message: string): void {
    this.write('info', message);
  }

  warn(message: string): void {
    this.write('warn', message);
  }

  error(message: string, cause?: unknown): void {
    const stack = cause instanceof Error && cause.stack ? `\n${cause.stack}` : '';
    this.write('error', `${message}${stack}`);
  }

  show(): void {
    this.channel.show(true);
  }

  dispose(): void {
    this.channel.dispose();
  }

  private get level(): LogLevel {
    const level = vscode.workspace.getConfiguration('lodestone').get<string>('advanced.logLevel', 'info');
    return Object.hasOwn(RANK, level) ? (level as LogLevel) : 'info';
  }
}
