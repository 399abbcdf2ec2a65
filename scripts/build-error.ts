/** The sources do not build. The message is what the compiler said. */
export class BuildError extends Error {}
