/** For each filter: texts that it must reject, and near misses that no filter may reject. */
import type { FilterId } from '../../../src/core/completion/filters/filter.ts';
import type { LanguageId } from '../../../src/core/languages.ts';

export interface FilterCase {
  readonly language: LanguageId;
  readonly code: string;
}

export interface FilterCases {
  readonly rejects: readonly FilterCase[];
  readonly keeps: readonly FilterCase[];
}

const ts = (code: string): FilterCase => ({ language: 'typescript', code });
const tsx = (code: string): FilterCase => ({ language: 'tsx', code });
const js = (code: string): FilterCase => ({ language: 'javascript', code });
const py = (code: string): FilterCase => ({ language: 'python', code });
const rs = (code: string): FilterCase => ({ language: 'rust', code });
const go = (code: string): FilterCase => ({ language: 'go', code });

export const FILTER_CASES: Record<Exclude<FilterId, 'antipattern' | 'syntax' | 'unsure'>, FilterCases> = {
  empty: {
    rejects: [ts('const a = ⟦  ⟧;\n'), py('a = ⟦\n\n⟧'), go('x := ⟦⟧\n')],
    keeps: [ts('const a = ⟦0⟧;\n'), js('foo(⟦a⟧)\n')],
  },
  chatter: {
    rejects: [
      ts('function f() {\n  ⟦```ts\n  return 1;\n```⟧\n}\n'),
      ts('const a = ⟦Here is the code:\nfoo();⟧\n'),
      py('def f():\n    ⟦Sure, here you go⟧\n'),
      py('a = 1\n⟦# Path: src/app/models.py\nb = 2⟧\n'),
      rs('fn f() {\n    ⟦a();<|endoftext|>use std;⟧\n}\n'),
      go('func f() {\n\t⟦a()<fim_middle>b()⟧\n}\n'),
      go('func f() {\n\t⟦// internal/user/service.go⟧\n}\n'),
      js('foo(⟦a[/INST]⟧)\n'),
      tsx('const a = ⟦1;\n<|im_end|>⟧\n'),
    ],
    keeps: [
      ts("const MIDDLE = '<|fim_middle|>';\nconst all = [⟦MIDDLE, '<|fim_middle|>'⟧];\n"),
      rs('/// Runs it.\n⟦///\n/// ```\n/// run();\n/// ```\nfn run() {}⟧\n'),
      py('def f():\n    """Do it.\n\n    ⟦Note that it may fail.⟧\n    """\n'),
      tsx('function F() {\n  return <p>⟦Let me in⟧</p>;\n}\n'),
      ts('interface Message {\n  ⟦System: string;⟧\n}\n'),
      ts('const a = f<⟦T>(b)⟧;\n'),
      go('func f() {\n\t⟦// See the notes in docs for why.⟧\n}\n'),
    ],
  },
  secret: {
    rejects: [
      ts("const apiKey = ⟦'sk-a8Kd02jfLs93kfPw81mcXz77Qp'⟧;\n"),
      py('⟦AWS_KEY = "AKIAIOSFODNN7EXAMPLE"⟧\n'),
      rs('let token = ⟦"ghp_16C7e42F292c6912E7710c838347Ae178B4a"⟧;\n'),
      go('⟦password := "hV7d9Kq2mZx81Lp4"⟧\n'),
      js('⟦-----BEGIN RSA PRIVATE KEY-----⟧\n'),
    ],
    keeps: [
      ts("const apiKey = ⟦process.env['API_KEY']⟧;\n"),
      py('login(⟦username="anna", password="password"⟧)\n'),
      ts("expect(user).toEqual(⟦{ name: '', password: 'password' }⟧);\n"),
      rs('.arg(⟦"no-such-program-b5d9574198b7e4b12a71fa4747c0a577"⟧)\n'),
      go('⟦token := req.Header.Get("Authorization")⟧\n'),
      js("const url = ⟦'https://example.com/a/very/long/path/to/some/page'⟧;\n"),
    ],
  },
  repetition: {
    rejects: [
      ts('function f() {\n  ⟦a.push(b);\n  a.push(b);\n  a.push(b);\n  a.push(b);⟧\n}\n'),
      py('x = ⟦foo.bar.foo.bar.foo.bar.foo.bar.foo.bar⟧\n'),
      py('def f():\n    ⟦a = one()\n    b = two()\n    a = one()\n    b = two()\n    a = one()\n    b = two()⟧\n'),
      go('func f() {\n\t⟦useruseruseruseruseruser⟧\n}\n'),
      rs('fn f() {\n    ⟦x.y().y().y().y().y().y().y()⟧\n}\n'),
    ],
    keeps: [
      ts('const zeros = [⟦0, 0, 0, 0, 0, 0, 0, 0⟧];\n'),
      rs(
        'let a = [\n    ⟦Alignment::Left,\n    Alignment::Right,\n    Alignment::Right,\n    Alignment::Right,⟧\n];\n',
      ),
      py('def f():\n    ⟦total += 1\n    total += 1⟧\n    return total\n'),
      ts('// ⟦------------------------------------------⟧\n'),
      go('func f() {\n\t⟦a(1)\n\ta(2)\n\ta(3)\n\ta(4)⟧\n}\n'),
    ],
  },
  commentLoop: {
    rejects: [
      ts('function f() {\n  ⟦// Set the default value\n  // Set the default value\n  run();⟧\n}\n'),
      py('def f():\n    ⟦# the value of the value of the value of the value⟧\n    pass\n'),
      rs('fn f() {\n    ⟦//\n    //\n    //\n    //⟧\n}\n'),
      go('⟦// TODO TODO TODO TODO\nfunc f() {}⟧\n'),
    ],
    keeps: [
      ts('function f() {\n  ⟦// Reads the file.\n  // Parses it.\n  run();⟧\n}\n'),
      py('⟦# ---------------------\n# Settings\n# ---------------------⟧\n'),
      rs('⟦/// A very, very big tree.\n///\n/// More on it.⟧\nstruct Tree;\n'),
    ],
  },
  repeatsSuffix: {
    rejects: [
      ts('const a = ⟦foo(b)⟧ foo(b);\n'),
      py('x = ⟦first + rest⟧ + rest\n'),
      go('f(⟦context.Background⟧ context.Background())\n'),
    ],
    keeps: [ts('call(⟦a, b⟧, c);\n'), py('x = ⟦a⟧ + a\n'), go('f(⟦ctx⟧)\n')],
  },
  repeatsNextLines: {
    rejects: [
      ts('function f() {\n  ⟦const a = load();⟧\n  const a = load();\n}\n'),
      py('def f():\n    ⟦x = one()\n    y = two()⟧\n    x = one()\n    y = two()\n'),
      go('func f() {\n\ta := ⟦load()⟧\n\ta := load()\n}\n'),
      rs('fn f() {\n    ⟦let a = load();⟧\n\n    let a = load();\n}\n'),
    ],
    keeps: [
      ts('function f() {\n  if (a) {\n    return 1;\n  ⟦}⟧\n}\n'),
      ts('function f() {\n  ⟦const a = load(1);⟧\n  const b = load(1);\n}\n'),
      py('def f():\n    ⟦x = one()⟧\n    x1 = one()\n'),
    ],
  },
  repeatsPrefix: {
    rejects: [
      ts('function f() {\n  const a = load();\n  ⟦const a = load();\n  use(a);⟧\n}\n'),
      py('x = first()\ny = second()\n⟦x = first()\ny = second()\nz = third()⟧\n'),
      go('func f() {\n\tdefer conn.Close(ctx)⟦\n\tdefer conn.Close(ctx)⟧\n}\n'),
      py(
        '    request.messages = FallbackStorage(request)\n    request.basket = one()\n    ⟦request.messages = FallbackStorage(request)⟧\n',
      ),
    ],
    keeps: [
      ts('if (c) {\n  if (a) {\n    b();\n  }\n⟦}⟧\n'),
      ts('  const a = load(1);\n  ⟦const b = load(1);⟧\n'),
      py('assert a\nb = next(it)\n⟦assert b⟧\n'),
      go('\t{1, 2},\n\t⟦{1, 3},⟧\n'),
    ],
  },
  unbalancedBrackets: {
    rejects: [
      ts('function f() {\n  if (a) {\n    ⟦b();\n  }\n}⟧\n  }\n}\n'),
      ts('foo(⟦a, (b);⟧\nbar();\n'),
      ts('const a = foo(⟦b));⟧\nbar();\n'),
      js('const a = ⟦{ b: [1, 2 };⟧\n'),
      py('x = call(⟦a, [b)⟧\ny = 1\n'),
      py('name = ⟦"anna⟧\ny = 1\n'),
      py('text = ⟦"""open⟧\ny = 1\n'),
      rs('fn f() {\n    ⟦let a = vec![1, 2;⟧\n}\n'),
      go('func f() {\n\t⟦if a {\n\t\tb()⟧\n}\n\nfunc g() {\n}\n'),
      go('a := ⟦`raw⟧\nb := 1\n'),
      tsx('const a = <p>{⟦b(⟧}</p>;\n'),
    ],
    keeps: [
      ts('foo(⟦a, b⟧);\n'),
      ts('foo(⟦a, b);⟧\n'),
      ts('function f() {\n  if (a) {⟦\n    b();⟧\n  }\n}\n'),
      ts('const re = ⟦/[({]/g⟧;\n'),
      ts('const s = ⟦`${a.map((b) => `(${b}`)}`⟧;\n'),
      tsx("function F() {\n  return (\n    <p>⟦Don't {name}⟧</p>\n  );\n}\n"),
      py("x = call(⟦'it\\'s (', a⟧)\n"),
      py('def f():\n    """It\'s (fine."""\n    ⟦return g(a)⟧\n'),
      rs("fn f<'a>(s: &'a str) -> char {\n    ⟦s.chars().find(|c| *c == '(').unwrap_or('\\'')⟧\n}\n"),
      rs('fn f() {\n    ⟦let a = r#"say ("#;⟧\n}\n'),
      go("func f() {\n\t⟦a := '{'⟧\n}\n"),
      go('func f() {\n\tx(\n\n// the rest of this file is broken ((\n\nfunc g() {\n\t⟦b()⟧\n}\n'),
    ],
  },
  brokenIndentation: {
    rejects: [
      py('def f():\n    a = 1\n    ⟦    b = 2⟧\n    return a\n'),
      py('def f():\n    ⟦if a:\n    b()⟧\n'),
      py('def f():\n    if a:\n        ⟦b()\n      c()⟧\n'),
      py('class A:\n    def f(self):\n        ⟦a = 1\n\tb = 2⟧\n'),
      ts('function f() {\n  const a = 1;\n  const c = 3;\n  ⟦const b = 2;\n      run(b);⟧\n}\n'),
      ts('function f() {\n  if (a) {\n    c();\n  }\n  ⟦if (b) {\nrun(b);\n  }⟧\n}\n'),
      go('func f() {\n\ta()\n\t⟦b()\n\t\tc()⟧\n}\n'),
      rs('fn f() {\n    let c = 1;\n    let d = 1;\n    ⟦let a = 1;\n  let b = 2;⟧\n}\n'),
    ],
    keeps: [
      py('def f():\n    a = 1\n    ⟦if a:\n        b()\n    return a⟧\n'),
      py('def f():\n    if a:\n        ⟦b()\n    else:\n        c()⟧\n'),
      py('x = call(\n    a,\n    ⟦b,\n    c=[\n        1,\n    ],⟧\n)\n'),
      py('text = """\n⟦  anything\n      goes⟧\n"""\n'),
      ts('function f() {\n  const a = 1;\n  ⟦return list\n    .map(g)\n    .filter(Boolean);⟧\n}\n'),
      ts('switch (a) {\n  case 1:\n    b();\n    break;\n  ⟦case 2:\n    c();\n    break;⟧\n}\n'),
      tsx('function F() {\n  return (\n    <ul>\n      ⟦<li>\n        {a}\n      </li>⟧\n    </ul>\n  );\n}\n'),
      go('func f() {\n\tswitch a {\n\tcase 1:\n\t\tb()\n\t⟦case 2:\n\t\tc()⟧\n\t}\n}\n'),
      rs('fn f() {\n    ⟦let a = b\n        .c()\n        .d();\n    match a {\n        X => 1,\n    }⟧\n}\n'),
      js('foo(a,\n    ⟦b);⟧\n'),
    ],
  },
};
