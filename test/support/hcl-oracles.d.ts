/** The two compilations of Go's HCL 1 that tests hold our parser against; neither package has types. */
declare module 'hcl-parser' {
  const parser: { parse(text: string): readonly [value: unknown, error: unknown] };
  export default parser;
}

declare module 'js-hcl-parser' {
  /** Answers with JSON, or with a text that is no JSON where the text is no HCL. */
  const parser: { parse(text: string): string };
  export default parser;
}
