/** The part of the WebAssembly API that is used here; Node has it, but only the `dom` library describes it. */
declare namespace WebAssembly {
  type Exports = Record<string, unknown>;
  type Imports = Record<string, Record<string, unknown>>;
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  interface Instance {
    readonly exports: Exports;
  }
  const Module: { new (bytes: Uint8Array): Module };
  const Instance: { new (module: Module, imports?: Imports): Instance };
  function instantiate(bytes: Uint8Array, imports?: Imports): Promise<{ module: Module; instance: Instance }>;
}
