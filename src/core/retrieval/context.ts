/** Requests and reports of retrieval: what is given to a model at a cursor. */

export interface ContextRequest {
  readonly path: string;
  /** Lines and columns from 1. */
  readonly line: number;
  readonly column?: number;
  /** The buffer's text where it differs from disk. */
  readonly text?: string;
  /** Most bytes (UTF-8) of the consider-block; default and maximum 1,536. */
  readonly bytes?: number;
}

export interface ApiInReach {
  /** Last segment as called. */
  readonly name: string;
  /** Real signature, else the name's most frequent real call. */
  readonly signature: string;
  /** As it is called most often; '' where it never is. */
  readonly call: string;
  /** Repository-relative path of the declaration; '' for an API of a dependency. */
  readonly path: string;
  /** In [0, 1]: the ranking's probability that the body needs it. */
  readonly score: number;
}

export interface ContextReport {
  readonly considerBlock: string;
  /** UTF-8 bytes of `considerBlock`. */
  readonly bytes: number;
  /** One line that primes a model with the likeliest calls; '' if there is none. */
  readonly seed: string;
  readonly apis: readonly ApiInReach[];
  /** Ids of the attractors used. */
  readonly attractors: readonly string[];
}
