/** Follows the receivers of calls through locals, parameters and fields to what was imported. Syntax only: no types are inferred. */
import type { CallFact, FunctionFact, TypeFact } from './facts.ts';
import { resolveCallee } from './importTable.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A variable given a value or a written type. */
export interface Binding {
  readonly name: string;
  /** Index of the function it is declared in; -1 at top level. */
  readonly function: number;
  readonly start: number;
  /** Callee of the call or constructor whose value it takes, as a dotted path; '' if it takes something else. */
  readonly callee: string;
  readonly constructed: boolean;
  /** Written type, '' if none. */
  readonly type: string;
}

/** First name of a written type: through references, pointers, `mut`, `dyn`, `Optional[…]` and the like. */
const TYPE_NAME =
  /^(?:[&*\s]|mut\b|dyn\b|impl\b|'\w+\s|readonly\b|(?:Optional|Annotated|Promise|Readonly|Arc|Rc|Box|Option|Mutex|RwLock)\s*[<[])*([A-Za-z_$][\w$]*(?:(?:\.|::)[A-Za-z_$][\w$]*)*)/;

export class ReceiverTable {
  /** By function index + 1 (0 is the top level): what its names stand for. */
  private readonly scopes: (Map<string, string> | undefined)[];
  private readonly fields = new Map<string, ReadonlyMap<string, string>>();

  constructor(
    private readonly imports: ReadonlyMap<string, string>,
    private readonly functions: readonly FunctionFact[],
    types: readonly TypeFact[],
    bindings: readonly Binding[],
  ) {
    this.scopes = new Array<undefined>(functions.length + 1).fill(undefined);
    functions.forEach((fact, index) => {
      for (const { name, type } of fact.parameters)
        this.declare(name, index, type === undefined ? '' : this.ofType(type));
    });
    for (const binding of [...bindings].sort((a, b) => a.start - b.start)) this.bind(binding);
    for (const { name, members } of types) {
      const targets = new Map<string, string>();
      for (const member of members) {
        const target = member.type === undefined ? '' : this.ofType(member.type);
        if (target) targets.set(member.name, target);
      }
      if (targets.size && !this.fields.has(name)) this.fields.set(name, targets);
    }
  }

  /** Sets `resolved` and `receiver`. */
  settle(call: Mutable<CallFact>): void {
    const { callee } = call;
    const head = headOf(callee);
    const local = this.lookup(head, call.function);
    if (local === undefined) call.resolved = resolveCallee(callee, this.imports);
    if (call.resolved || call.kind === 'jsx') return;
    const target = this.targetOf(callee, call.function, local);
    const cut = target.lastIndexOf('.');
    if (cut > 0) call.receiver = target.slice(0, cut);
  }

  private bind({ name, function: owner, callee, constructed, type }: Binding): void {
    if (callee === 'require' || callee === 'import') return;
    let target = type ? this.ofType(type) : '';
    if (!target && callee) {
      target = resolveCallee(callee, this.imports) || this.targetOf(callee, owner, this.lookup(headOf(callee), owner));
      // `APIRouter()` is an APIRouter, `express()` whatever express gives.
      const last = target.slice(target.lastIndexOf('.') + 1);
      if (target && !constructed && !/^[A-Z]\w*[a-z]\w*$/.test(last)) target += '()';
    }
    if (target || owner >= 0) this.declare(name, owner, target);
  }

  /** `target` is '' where what it stands for is unknown: the name hides an import all the same. */
  private declare(name: string, owner: number, target: string): void {
    const scope = (this.scopes[owner + 1] ??= new Map<string, string>());
    if (target || !scope.has(name)) scope.set(name, target);
  }

  /** What the innermost declaration of a name stands for; undefined where the file does not declare it. */
  private lookup(name: string, owner: number): string | undefined {
    for (let scope = owner; ; scope = this.functions[scope]?.parent ?? -1) {
      const target = this.scopes[scope + 1]?.get(name);
      if (target !== undefined || scope === -1) return target;
    }
  }

  /** `callee` with its head replaced by what it stands for; '' where that is unknown. */
  private targetOf(callee: string, owner: number, local: string | undefined): string {
    const head = headOf(callee);
    if (local) return local + callee.slice(head.length);
    const field = /^([\w$]+)\.(#?[\w$]+)(.*)$/.exec(callee);
    if (!field) return '';
    const [, self, name, rest] = field as unknown as [string, string, string, string];
    const container = this.containerOf(self, owner);
    const target = container && this.fields.get(container)?.get(name);
    return target ? target + rest : '';
  }

  /** The type whose fields `self` reaches in a function: by `this`, `self`, or Go's name for the receiver. */
  private containerOf(self: string, owner: number): string {
    for (let scope = owner; scope >= 0; scope = this.functions[scope]?.parent ?? -1) {
      const fact = this.functions[scope];
      if (!fact?.container) continue;
      if (self === 'this' || self === 'self') return fact.container;
      return fact.signature.startsWith(`func (${self} `) ? fact.container : '';
    }
    return '';
  }

  private ofType(type: string): string {
    const name = TYPE_NAME.exec(type)?.[1]?.replaceAll('::', '.');
    return name === undefined ? '' : resolveCallee(name, this.imports);
  }
}

/** The name with which a callee begins: word characters, `$` and `#`. */
function headOf(callee: string): string {
  const end = callee.search(/[^\w$#]/);
  return end === -1 ? callee : callee.slice(0, end);
}
