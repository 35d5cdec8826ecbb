/** The part of the package `ping` that is used; it brings no types. */
declare module 'ping' {
  interface PingConfig {
    /** Seconds to wait for an answer. */
    timeout?: number;
    /** Seconds after which the program ends, come what may. */
    deadline?: number;
    min_reply?: number;
    v6?: boolean;
  }
  interface PingResponse {
    alive: boolean;
    /** Everything the program printed. */
    output: string;
    /** Milliseconds of the first answer, or `unknown`. */
    time: number | 'unknown';
  }
  const ping: { promise: { probe(address: string, config?: PingConfig): Promise<PingResponse> } };
  export default ping;
}
