/** The checkout's root, put in by the test bundler: tests run from out/ but read fixtures and dist/ from here. */
declare const __PROJECT_ROOT__: string;

export const projectRoot: string = __PROJECT_ROOT__;
